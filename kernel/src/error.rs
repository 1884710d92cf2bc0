//! Errors as the outside sees them: one type, a table of stable codes per app, a text in every language.
//!
//! Inside a handler `?` works on database errors (they become a 500 that tells the outside nothing) and on refusals:
//! `return Err(codes::STALE.into())`, `Err(STALE.with("version", 3))`. Replies are problem+json (RFC 9457), written by
//! [`http::problem`](crate::http).

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value as JsonValue};

/// What handlers and stores return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One line of an app's table of refusals. `{name}` in a text is filled from the error's arguments.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The stable name, e.g. `cases.move_not_open`.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Chinese text.
    pub zh: &'static str,
    /// English text.
    pub en: &'static str,
}

/// Declares an app's table of refusals: `codes! { NOT_OPEN = 409, "cases.move_not_open", "…", "…"; }`.
#[macro_export]
macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident = $status:literal, $code:literal, $zh:literal, $en:literal;)+) => {
        $($(#[$meta])*
        pub static $name: $crate::error::Code =
            $crate::error::Code { code: $code, status: $status, zh: $zh, en: $en };)+
        /// The whole table.
        pub static ALL: &[&$crate::error::Code] = &[$(&$name,)+];
    };
}

/// The kernel's own table.
pub mod codes {
    crate::codes! {
        /// Input that cannot be taken; `fields` says which and why.
        INVALID = 422, "kernel.invalid", "有 {n} 项填写有误，请改正后重试", "{n} field(s) need correcting";
        /// A body that is not the JSON that was asked for.
        MALFORMED = 400, "kernel.malformed", "请求内容无法读取：{why}", "The request could not be read: {why}";
        /// Nobody is logged in.
        UNAUTHENTICATED = 401, "kernel.unauthenticated", "请先登录", "Please log in";
        /// Wrong login or password; never says which.
        BAD_LOGIN = 401, "kernel.bad_login", "账号或密码不正确", "The login or the password is wrong";
        /// Too many wrong passwords.
        LOCKED = 429, "kernel.locked", "密码连续输错，账号已锁定，请在 {minutes} 分钟后重试", "Locked after wrong passwords; try again in {minutes} minutes";
        /// The current password, asked for before a new one is set, is wrong.
        WRONG_PASSWORD = 422, "kernel.wrong_password", "当前密码不正确", "The current password is wrong";
        /// The role does not hold the permission.
        FORBIDDEN = 403, "kernel.forbidden", "您没有“{permission}”权限", "You lack the permission “{permission_en}”";
        /// The password was given by somebody else.
        OWN_PASSWORD_FIRST = 403, "kernel.own_password_first", "请先改成自己的密码", "Set a password of your own first";
        /// A write that comes from another site's page.
        CROSS_SITE = 403, "kernel.cross_site", "拒绝来自其他网站的写入请求", "Writes from another site's page are refused";
        /// No such record, or outside one's scope: the two look the same.
        NOT_FOUND = 404, "kernel.not_found", "没有找到，或不在您的管理范围内", "Not found, or outside your scope";
        /// No such address.
        NO_ROUTE = 404, "kernel.no_route", "没有这个地址", "There is nothing at this address";
        /// The address exists, with another method.
        METHOD = 405, "kernel.method", "该地址不支持这种请求方法", "This address does not take that method";
        /// Somebody changed the record meanwhile.
        STALE = 409, "kernel.stale", "内容已被他人更新，请查看最新情况后再操作", "Changed meanwhile; look at the latest before going on";
        /// The same id was used before for something else.
        ID_TAKEN = 409, "kernel.id_taken", "该编号已用于另一次提交", "This id was already used for another write";
        /// A unique value is taken.
        TAKEN = 409, "kernel.taken", "“{value}”已存在", "“{value}” exists already";
        /// Larger than allowed.
        TOO_LARGE = 413, "kernel.too_large", "内容太大，最多 {limit}", "Too large: at most {limit}";
        /// A file type that is not taken.
        FILE_TYPE = 415, "kernel.file_type", "不支持的文件类型，可上传 {allowed}", "This type of file is not taken; allowed: {allowed}";
        /// A photo that cannot be read.
        BAD_IMAGE = 422, "kernel.bad_image", "图片已损坏或无法读取", "The picture is damaged or cannot be read";
        /// More requests than the key's limit.
        TOO_MANY = 429, "kernel.too_many", "请求过于频繁，请在 {seconds} 秒后重试", "Too many requests; try again in {seconds} seconds";
        /// A key that is used from elsewhere than it may be.
        KEY_ADDRESS = 403, "kernel.key_address", "该接口密钥不允许从此地址使用", "This key may not be used from this address";
        /// Took longer than allowed.
        TIMEOUT = 503, "kernel.timeout", "系统繁忙，请稍后重试", "Busy; please try again shortly";
        /// A bug or a broken part; the log has it under the trace id.
        INTERNAL = 500, "kernel.internal", "系统内部错误，已记录，请联系管理员并提供编号 {trace}", "Internal error, logged; please give your administrator the number {trace}";
        // Reasons for a single field.
        /// Missing.
        REQUIRED = 422, "kernel.required", "必填", "Required";
        /// Too short or too long.
        LENGTH = 422, "kernel.length", "长度应为 {min} 到 {max} 个字", "Must have {min} to {max} characters";
        /// Outside its range.
        RANGE = 422, "kernel.range", "应在 {min} 与 {max} 之间", "Must lie between {min} and {max}";
        /// Not of the right form.
        FORMAT = 422, "kernel.format", "格式不正确：{why}", "Wrong format: {why}";
        /// Names something that does not exist.
        UNKNOWN = 422, "kernel.unknown", "不存在：{value}", "Does not exist: {value}";
        /// Not allowed together, or here.
        NOT_ALLOWED = 422, "kernel.not_allowed", "此处不能填写", "Not allowed here";
        /// A password that is too easy.
        WEAK_PASSWORD = 422, "kernel.weak_password", "密码至少 {min} 位，且不能包含账号", "At least {min} characters, and not containing the login";
    }
}

/// The languages of the texts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lang {
    /// Chinese, the default.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language that an `Accept-Language` header asks for: English if it comes before any Chinese, else Chinese.
    pub fn from_header(header: Option<&str>) -> Self {
        let header = header.unwrap_or_default().to_ascii_lowercase();
        let at = |tag: &str| header.split(',').position(|it| it.trim_start().starts_with(tag));
        match (at("en"), at("zh")) {
            (Some(en), Some(zh)) if en < zh => Self::En,
            (Some(_), None) => Self::En,
            _ => Self::Zh,
        }
    }

    /// Chooses between two texts.
    pub const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// Why one field cannot be taken.
#[derive(Clone, Debug)]
pub struct FieldError {
    /// The field's path, e.g. `reporter.phone`.
    pub field: String,
    /// The reason.
    pub code: &'static Code,
    args: Map<String, JsonValue>,
}

/// A refusal or a failure. Cheap to pass around; the details are in a box.
pub struct Error(Box<Details>);

struct Details {
    code: &'static Code,
    args: Map<String, JsonValue>,
    fields: Vec<FieldError>,
    extra: Option<JsonValue>,
    source: Option<anyhow::Error>,
}

impl Error {
    fn new(code: &'static Code) -> Self {
        Self(Box::new(Details {
            code,
            args: Map::new(),
            fields: Vec::new(),
            extra: None,
            source: None,
        }))
    }

    /// A failure that the outside is told nothing about.
    pub fn internal(source: impl Into<anyhow::Error>) -> Self {
        let mut error = Self::new(&codes::INTERNAL);
        error.0.source = Some(source.into());
        error
    }

    /// Refuses one field.
    pub fn field(field: impl Into<String>, code: &'static Code) -> Self {
        let mut fields = Fields::new();
        fields.refuse(field, code);
        fields.into_error()
    }

    /// Fills `{name}` in the texts.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<JsonValue>) -> Self {
        self.0.args.insert(name.to_owned(), value.into());
        self
    }

    /// Adds facts for the client, e.g. what has changed meanwhile.
    #[must_use]
    pub fn extra(mut self, facts: impl Serialize) -> Self {
        self.0.extra = serde_json::to_value(facts).ok();
        self
    }

    /// Its line in the table.
    pub fn code(&self) -> &'static Code {
        self.0.code
    }

    /// The refused fields.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// The failure's chain, for the log; refusals have none.
    pub fn source(&self) -> Option<&anyhow::Error> {
        self.0.source.as_ref()
    }

    /// The text for a person.
    pub fn text(&self, lang: Lang) -> String {
        fill(lang.pick(self.0.code.zh, self.0.code.en), &self.0.args)
    }

    /// The reply's body.
    pub fn problem(&self, lang: Lang, trace: &str) -> JsonValue {
        let mut args = self.0.args.clone();
        args.insert("trace".to_owned(), trace.into());
        let detail = fill(lang.pick(self.0.code.zh, self.0.code.en), &args);
        let mut body = serde_json::json!({
            "type": format!("urn:jingwei:{}", self.0.code.code),
            "title": detail.split(['：', ':', '，', ';']).next(),
            "status": self.0.code.status,
            "code": self.0.code.code,
            "detail": detail,
            "trace": trace,
        });
        if !self.0.fields.is_empty() {
            body["fields"] = self.0.fields.iter().map(|it| it.view(lang)).collect();
        }
        if let Some(extra) = &self.0.extra {
            body["extra"] = extra.clone();
        }
        body
    }
}

impl FieldError {
    /// The reason for a person.
    pub fn text(&self, lang: Lang) -> String {
        fill(lang.pick(self.code.zh, self.code.en), &self.args)
    }

    fn view(&self, lang: Lang) -> JsonValue {
        serde_json::json!({ "field": self.field, "code": self.code.code, "detail": self.text(lang) })
    }
}

fn fill(text: &str, args: &Map<String, JsonValue>) -> String {
    args.iter().fold(text.to_owned(), |text, (name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text.replace(&format!("{{{name}}}"), &value)
    })
}

impl Code {
    /// An error with this code and one argument; more follow with [`Error::with`].
    pub fn with(&'static self, name: &str, value: impl Into<JsonValue>) -> Error {
        Error::new(self).with(name, value)
    }
}

impl From<&'static Code> for Error {
    fn from(code: &'static Code) -> Self {
        Self::new(code)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => {
                let mut busy = Self::new(&codes::TIMEOUT);
                busy.0.source = Some(error.into());
                busy
            }
            other => Self::internal(other),
        }
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::internal(error)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.code.code)?;
        for it in &self.0.fields {
            write!(f, " [{}: {}]", it.field, it.code.code)?;
        }
        match &self.0.source {
            Some(source) => write!(f, ": {source:#}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.code, self.text(Lang::En))?;
        match &self.0.source {
            Some(source) => write!(f, ": {source:#}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// Collects what is wrong with an input, so that a person sees all of it at once.
///
/// ```
/// # use kernel::error::Fields;
/// let mut fields = Fields::new();
/// fields.text("name", "", 1, 64);
/// assert!(fields.done().is_err());
/// ```
#[derive(Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// Nothing wrong yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Refuses a field.
    pub fn refuse(&mut self, field: impl Into<String>, code: &'static Code) -> &mut Self {
        self.refuse_with(field, code, &[])
    }

    /// Refuses a field; `args` fill the text.
    pub fn refuse_with(&mut self, field: impl Into<String>, code: &'static Code, args: &[(&str, &str)]) -> &mut Self {
        self.0.push(FieldError {
            field: field.into(),
            code,
            args: args.iter().map(|(k, v)| ((*k).to_owned(), (*v).into())).collect(),
        });
        self
    }

    /// A text of `min` to `max` characters, not counting blanks at its ends; without control characters but line breaks.
    pub fn text(&mut self, field: &str, value: &str, min: usize, max: usize) -> &mut Self {
        let length = value.trim().chars().count();
        if length == 0 && min > 0 {
            self.refuse(field, &codes::REQUIRED);
        } else if length < min || length > max {
            self.refuse_with(
                field,
                &codes::LENGTH,
                &[("min", &min.to_string()), ("max", &max.to_string())],
            );
        } else if value
            .chars()
            .any(|c| c.is_control() && c != '\n' && c != '\r' && c != '\t')
        {
            self.refuse_with(field, &codes::FORMAT, &[("why", "control characters")]);
        }
        self
    }

    /// A number between `min` and `max`; NaN is refused.
    pub fn range(&mut self, field: &str, value: f64, min: f64, max: f64) -> &mut Self {
        if !(min..=max).contains(&value) {
            self.refuse_with(
                field,
                &codes::RANGE,
                &[("min", &min.to_string()), ("max", &max.to_string())],
            );
        }
        self
    }

    /// Ends the check.
    pub fn done(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(self.into_error())
        }
    }

    pub(crate) fn into_error(self) -> Error {
        let mut error = codes::INVALID.with("n", self.0.len());
        error.0.fields = self.0;
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_filled_in_the_language_asked_for() {
        let error = codes::LOCKED.with("minutes", 15);
        assert_eq!(
            error.text(Lang::En),
            "Locked after wrong passwords; try again in 15 minutes"
        );
        assert_eq!(Lang::from_header(Some("en-US,en;q=0.9,zh;q=0.5")), Lang::En);
        assert_eq!(Lang::from_header(Some("zh-CN,zh;q=0.9,en;q=0.5")), Lang::Zh);
        assert_eq!(Lang::from_header(Some("fr")), Lang::Zh);
        assert_eq!(Lang::from_header(None), Lang::Zh);
    }

    #[test]
    fn all_wrong_fields_are_named_at_once() {
        let mut fields = Fields::new();
        fields
            .text("name", "  ", 1, 5)
            .text("note", "abcdef", 0, 5)
            .range("lng", f64::NAN, -180.0, 180.0);
        let error = fields.done().expect_err("three are wrong");
        let problem = error.problem(Lang::En, "t1");
        assert_eq!(problem["fields"].as_array().map(Vec::len), Some(3));
        assert_eq!(problem["fields"][1]["detail"], "Must have 0 to 5 characters");
    }
}
