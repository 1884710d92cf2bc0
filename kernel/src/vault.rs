//! Personal data under lock and key: sealed with XChaCha20-Poly1305 before it is stored, shown masked, and opened only
//! by a handler that records who looked and why.

use std::path::Path;

use anyhow::Context;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::config::Config;
use crate::error::Error;
use crate::{Kernel, Result};

/// Seals and opens.
pub struct Vault {
    cipher: XChaCha20Poly1305,
    /// Of the same key, for [`Vault::mark`].
    marker: Hmac<Sha256>,
}

impl Vault {
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        let key = read_or_make_key(&config.vault.key_file)?;
        let mut marker = marker(&key)?;
        // Never the key itself: what a mark is made with opens nothing.
        marker.update(b"jingwei marks");
        let own: [u8; 32] = marker.finalize().into_bytes().into();
        Ok(Self {
            cipher: XChaCha20Poly1305::new(&Key::from(key)),
            marker: self::marker(&own)?,
        })
    }

    /// A mark of a value, to look up by without storing the value: the same value of the same kind (`phone`) has the same
    /// mark, and nobody without the key can tell the value from it or try values out.
    pub fn mark(&self, kind: &str, value: &str) -> String {
        let mut marker = self.marker.clone();
        marker.update(kind.as_bytes());
        marker.update(&[0]);
        marker.update(value.as_bytes());
        hex::encode(marker.finalize().into_bytes())
    }

    /// Seals a value. `bound_to` names the record it belongs to: copied to another record it cannot be opened.
    pub fn seal(&self, kernel: &Kernel, value: &impl Serialize, bound_to: &str) -> Result<Vec<u8>> {
        let plain = serde_json::to_vec(value).map_err(Error::internal)?;
        let nonce: [u8; 24] = kernel.random();
        let payload = Payload {
            msg: &plain,
            aad: bound_to.as_bytes(),
        };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| Error::internal(anyhow::anyhow!("sealing failed")))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Vault::seal`] made for the same record.
    pub fn reveal<T: DeserializeOwned>(&self, sealed: &[u8], bound_to: &str) -> Result<T> {
        let broken = || {
            Error::internal(anyhow::anyhow!(
                "sealed data for {bound_to} cannot be opened with this key"
            ))
        };
        let (nonce, sealed) = sealed.split_first_chunk::<24>().ok_or_else(broken)?;
        let payload = Payload {
            msg: sealed,
            aad: bound_to.as_bytes(),
        };
        let plain = self
            .cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| broken())?;
        serde_json::from_slice(&plain).map_err(Error::internal)
    }
}

fn marker(key: &[u8; 32]) -> anyhow::Result<Hmac<Sha256>> {
    <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).map_err(|error| anyhow::anyhow!("{error}"))
}

/// Reads the key.
pub fn read_key(path: &Path) -> anyhow::Result<[u8; 32]> {
    let mut key = [0; 32];
    let text = std::fs::read_to_string(path).with_context(|| format!("reading the vault key {}", path.display()))?;
    hex::decode_to_slice(text.trim(), &mut key)
        .with_context(|| format!("the vault key {} must be 64 hex digits", path.display()))?;
    Ok(key)
}

fn read_or_make_key(path: &Path) -> anyhow::Result<[u8; 32]> {
    if path.exists() {
        return read_key(path);
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(path)
        .with_context(|| format!("making the vault key {}", path.display()))?;
    std::io::Write::write_all(&mut file, hex::encode(key).as_bytes())?;
    file.sync_all()?;
    Ok(key)
}

/// A name with all but its first character hidden: 王*, 欧**.
pub fn mask_name(name: &str) -> String {
    let mut chars = name.trim().chars();
    let first: String = chars.next().into_iter().collect();
    let rest = chars.count();
    format!("{first}{}", "*".repeat(rest.clamp(usize::from(!first.is_empty()), 8)))
}

/// A telephone number with only its first three and last four digits shown; a short one is hidden but for its last two.
pub fn mask_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let (head, tail) = if digits.len() >= 11 {
        (3, 4)
    } else {
        (0, 2.min(digits.len()))
    };
    let hidden = digits.len() - head - tail;
    digits[..head]
        .iter()
        .copied()
        .chain("*".repeat(hidden).chars())
        .chain(digits[head + hidden..].iter().copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_hide_what_identifies() {
        assert_eq!(mask_name("王小明"), "王**");
        assert_eq!(mask_name("王"), "王*");
        assert_eq!(mask_name(""), "");
        assert_eq!(mask_phone("138 0000 1234"), "138****1234");
        assert_eq!(mask_phone("0514-12"), "****12");
        assert_eq!(mask_phone("1"), "1".chars().map(|_| '1').collect::<String>());
    }
}
