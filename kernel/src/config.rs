//! The configuration: one TOML file, each value of which an environment variable can override.
//!
//! `JINGWEI_DATABASE__URL` overrides `url` in `[database]`. An unknown key is an error, so that a typing mistake cannot
//! silently leave a default in force.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

/// The whole configuration. Every section and key has a default; an empty file is a valid one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `[district]`
    pub district: District,
    /// `[database]`
    pub database: Database,
    /// `[http]`
    pub http: Http,
    /// `[session]`
    pub session: Session,
    /// `[files]`
    pub files: FileStore,
    /// `[paper]`
    pub paper: Paper,
    /// `[vault]`
    pub vault: VaultKey,
    /// `[log]`
    pub log: Log,
    /// `[hooks]`
    pub hooks: Hooks,
    /// Whether this is a demo: its accounts are shown on the log-in page. Never set on a real district.
    pub demo: bool,
}

/// Which district this is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct District {
    /// Its name; if empty, the name of the area at the top of the tree.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// Its zone, e.g. `Asia/Shanghai`: dates, working hours and figures go by it.
    pub time_zone: String,
    /// The address of map tiles with `{z}`, `{x}`, `{y}`, if there is a base map.
    pub base_map: Option<String>,
    /// Whose map it is.
    pub base_map_attribution: Option<String>,
}

impl Default for District {
    fn default() -> Self {
        Self {
            name: String::new(),
            name_en: String::new(),
            time_zone: "Asia/Shanghai".to_owned(),
            base_map: None,
            base_map_attribution: None,
        }
    }
}

/// Where records are kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://user:password@host/name`.
    pub url: String,
    /// The most connections to hold.
    pub connections: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: "sqlite:data/jingwei.db".to_owned(),
            connections: 16,
        }
    }
}

impl Database {
    /// The address without the password, for logs and messages.
    pub fn without_password(&self) -> String {
        match (self.url.split_once("://"), self.url.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
            _ => self.url.clone(),
        }
    }
}

/// How it is served.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Proxies in front, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether cookies are sent over HTTPS only; set it wherever a proxy speaks HTTPS.
    pub secure_cookies: bool,
    /// The address under which the outside reaches this program, e.g. `https://jw.example.cn`: links that are sent to other
    /// systems begin with it.
    pub public_url: Option<String>,
    /// A token with which `/metrics` can be read from elsewhere than this machine.
    pub metrics_token: Option<String>,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            trusted_proxies: Vec::new(),
            secure_cookies: false,
            public_url: None,
            metrics_token: None,
        }
    }
}

/// What may be sent to other systems.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hooks {
    /// Whether news may go to this machine itself and to private networks. Off, so that nobody can make the server ask
    /// what only it can reach.
    pub allow_private: bool,
}

/// How long a log-in lasts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    /// Without use.
    pub idle_minutes: i64,
    /// At most.
    pub max_hours: i64,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            idle_minutes: 30,
            max_hours: 12,
        }
    }
}

/// Where uploaded files are kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileStore {
    /// A folder, or `s3://bucket/prefix`.
    pub store: String,
    /// The S3 endpoint, for stores other than AWS.
    pub s3_endpoint: Option<String>,
    /// The S3 region.
    pub s3_region: Option<String>,
    /// The S3 key id.
    pub s3_key_id: Option<String>,
    /// The S3 secret.
    pub s3_secret: Option<String>,
    /// The largest upload, in megabytes.
    pub max_megabytes: u32,
}

impl Default for FileStore {
    fn default() -> Self {
        Self {
            store: "data/files".to_owned(),
            s3_endpoint: None,
            s3_region: None,
            s3_key_id: None,
            s3_secret: None,
            max_megabytes: 20,
        }
    }
}

/// How documents are set.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Paper {
    /// A folder with fonts, looked at before the system's own.
    pub fonts: Option<PathBuf>,
}

/// The key to personal data.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VaultKey {
    /// A file with 32 random bytes in hex; made at the first start if it is missing. Without it personal data is lost.
    pub key_file: PathBuf,
}

impl Default for VaultKey {
    fn default() -> Self {
        Self {
            key_file: PathBuf::from("data/vault.key"),
        }
    }
}

/// What is logged.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Levels, e.g. `info,kernel=debug`.
    pub filter: String,
    /// `text` or `json`.
    pub format: String,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            filter: "info,sqlx=warn".to_owned(),
            format: "text".to_owned(),
        }
    }
}

impl Config {
    /// Reads the file (or none) and lets `environment` override it.
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> anyhow::Result<Self> {
        let text = match file {
            Some(path) => std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?,
            None => String::new(),
        };
        let name = file.map_or_else(|| "the configuration".to_owned(), |it| it.display().to_string());
        let mut table: toml::Table = text.parse().with_context(|| format!("{name} is not valid TOML"))?;
        for (key, value) in environment {
            let Some(path) = key.strip_prefix("JINGWEI_") else {
                continue;
            };
            // Variables of the tests and of the command line itself share the prefix.
            if path.starts_with("TEST_") || path == "CONFIG" {
                continue;
            }
            let parts: Vec<String> = path.split("__").map(str::to_ascii_lowercase).collect();
            set(&mut table, &parts, &value).with_context(|| format!("the environment variable {key}"))?;
        }
        let config: Self = table
            .try_into()
            .with_context(|| format!("{name} is not a valid configuration"))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        if jiff::tz::TimeZone::get(&self.district.time_zone).is_err() {
            bail!("district.time_zone: there is no zone {:?}", self.district.time_zone);
        }
        if !self.database.url.starts_with("sqlite:") && !self.database.url.starts_with("postgres") {
            bail!("database.url: must begin with sqlite: or postgres://");
        }
        if !(1..=500).contains(&self.database.connections) {
            bail!("database.connections: must lie between 1 and 500");
        }
        if let Some(url) = &self.http.public_url
            && !url.starts_with("http://")
            && !url.starts_with("https://")
        {
            bail!("http.public_url: must begin with http:// or https://");
        }
        if self.session.idle_minutes < 1 || self.session.max_hours < 1 {
            bail!("session: both times must be at least 1");
        }
        if !["text", "json"].contains(&self.log.format.as_str()) {
            bail!("log.format: must be text or json");
        }
        Ok(())
    }

    /// The district's zone.
    pub fn zone(&self) -> jiff::tz::TimeZone {
        // Checked when the configuration was read.
        jiff::tz::TimeZone::get(&self.district.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

fn set(table: &mut toml::Table, path: &[String], value: &str) -> anyhow::Result<()> {
    match path {
        [] => bail!("names no key"),
        [key] => {
            // `true`, `8` and `["a"]` are what they look like; everything else is text.
            let parsed = format!("v = {value}")
                .parse::<toml::Table>()
                .ok()
                .and_then(|mut it| it.remove("v"));
            let parsed = parsed
                .filter(|it| !it.is_str())
                .unwrap_or_else(|| toml::Value::String(value.to_owned()));
            table.insert(key.clone(), parsed);
            Ok(())
        }
        [key, rest @ ..] => {
            let inner = table.entry(key.clone()).or_insert_with(|| toml::Table::new().into());
            set(inner.as_table_mut().context("is not a section")?, rest, value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(pairs: &[(&str, &str)]) -> anyhow::Result<Config> {
        Config::load(None, pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn the_environment_overrides_and_a_typing_mistake_is_an_error() {
        let config = load(&[
            ("JINGWEI_DATABASE__CONNECTIONS", "8"),
            ("JINGWEI_DISTRICT__NAME", "江都区"),
            ("HOME", "/"),
        ]);
        let config = config.expect("valid");
        assert_eq!(config.database.connections, 8);
        assert_eq!(config.district.name, "江都区");
        let error = load(&[("JINGWEI_DATABASE__CONNECTION", "8")]).expect_err("unknown key");
        assert!(format!("{error:#}").contains("connection"), "{error:#}");
        assert!(load(&[("JINGWEI_DISTRICT__TIME_ZONE", "Moon/Base")]).is_err());
    }

    #[test]
    fn passwords_stay_out_of_messages() {
        let database = Database {
            url: "postgres://jw:secret@db/jw".to_owned(),
            connections: 1,
        };
        assert_eq!(database.without_password(), "postgres://…@db/jw");
    }
}
