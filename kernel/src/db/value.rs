//! What can be bound to a statement, and JSON kept in a TEXT column.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Time;

/// A bound parameter. `None` keeps its type, because PostgreSQL asks for it.
#[derive(Clone, Debug)]
pub enum Value {
    /// BOOLEAN
    Bool(Option<bool>),
    /// BIGINT
    Int(Option<i64>),
    /// DOUBLE PRECISION
    Real(Option<f64>),
    /// TEXT
    Text(Option<String>),
    /// BYTEA
    Bytes(Option<Vec<u8>>),
}

macro_rules! value {
    ($($ty:ty => $variant:ident via $conv:expr;)*) => {$(
        impl From<$ty> for Value { fn from(v: $ty) -> Self { Self::$variant(Some($conv(v))) } }
        impl From<Option<$ty>> for Value { fn from(v: Option<$ty>) -> Self { Self::$variant(v.map($conv)) } }
    )*};
}
value! {
    bool => Bool via std::convert::identity;
    i64 => Int via std::convert::identity;
    i32 => Int via i64::from;
    u32 => Int via i64::from;
    f64 => Real via std::convert::identity;
    String => Text via std::convert::identity;
    &str => Text via str::to_owned;
    &String => Text via String::clone;
    Vec<u8> => Bytes via std::convert::identity;
    Time => Int via Time::millis;
}

/// A type of ours that is stored as the text it displays; see `stored_as_text!`.
pub trait StoredAsText: std::fmt::Display {}

impl<T: StoredAsText> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        Self::Text(value.map(|it| it.to_string()))
    }
}

/// Parameters of a statement: `args![id, version, Option::<String>::None]`.
#[macro_export]
macro_rules! args {
    ($($v:expr),* $(,)?) => { vec![$($crate::db::Value::from($v)),*] };
}

/// A word in the store that the program does not know: the store is newer than the program, or was edited by hand.
#[derive(Debug, thiserror::Error)]
#[error("unknown word {0:?}")]
pub struct UnknownWord(pub String);

/// A value kept as JSON in a TEXT column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: Serialize> From<&Json<T>> for Value {
    fn from(json: &Json<T>) -> Self {
        // Serialising our own plain structs to a string cannot fail; a map with non-text keys would be caught by any test.
        Self::Text(Some(serde_json::to_string(&json.0).unwrap_or_default()))
    }
}

impl<DB: sqlx::Database, T> sqlx::Type<DB> for Json<T>
where
    String: sqlx::Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <String as sqlx::Type<DB>>::type_info()
    }
    fn compatible(ty: &DB::TypeInfo) -> bool {
        <String as sqlx::Type<DB>>::compatible(ty)
    }
}

impl<'r, DB: sqlx::Database, T: DeserializeOwned> sqlx::Decode<'r, DB> for Json<T>
where
    String: sqlx::Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        Ok(Self(serde_json::from_str(&<String as sqlx::Decode<DB>>::decode(
            value,
        )?)?))
    }
}
