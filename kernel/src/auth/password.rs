//! Password hashes: argon2id with the library's recommended cost, a few at a time so that a wave of log-ins cannot take
//! all memory.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::Result;
use crate::error::{Error, Fields, codes};

/// The fewest characters of a password.
pub(super) const MIN_LENGTH: usize = 8;

/// Each hash takes some 19 MB and a core for a while; more at once than there are cores only makes all of them slower.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get)));

/// Compared against when there is no such login, so that the answer takes equally long.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody has this password").unwrap_or_default());

fn hash_now(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|it| it.to_string())
        .map_err(|error| Error::internal(anyhow::anyhow!("hashing: {error}")))
}

/// Hashes a password; takes tens of milliseconds on a thread of its own.
pub async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    in_turn(move || hash_now(&password)).await?
}

/// Whether the password belongs to the hash; without a hash it takes the same time and says no.
pub(crate) async fn matches(password: &str, hash: Option<&str>) -> Result<bool> {
    let password = password.to_owned();
    let known = hash.is_some();
    let hash = hash.map_or_else(|| NOBODY.clone(), str::to_owned);
    in_turn(move || {
        let right = PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        known && right
    })
    .await
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _turn = TURNS.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

/// Refuses a password that is too easy.
pub(crate) fn check_strength(field: &str, password: &str, login: &str) -> Result<()> {
    let length = password.chars().count();
    let contains_login = !login.is_empty() && password.to_lowercase().contains(&login.to_lowercase());
    let mut fields = Fields::new();
    if !(MIN_LENGTH..=128).contains(&length) || contains_login {
        fields.refuse_with(field, &codes::WEAK_PASSWORD, &[("min", &MIN_LENGTH.to_string())]);
    }
    fields.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_knows_its_password_and_no_other() {
        let kept = hash("correct horse").await.expect("hashes");
        assert!(kept.starts_with("$argon2id$"));
        assert!(matches("correct horse", Some(&kept)).await.expect("runs"));
        assert!(!matches("Correct horse", Some(&kept)).await.expect("runs"));
        assert!(!matches("nobody has this password", None).await.expect("runs"));
    }

    #[test]
    fn easy_passwords_are_refused() {
        assert!(check_strength("new", "short", "li").is_err());
        assert!(check_strength("new", "my-Worker01-pass", "worker01").is_err());
        assert!(check_strength("new", "long enough", "li.na").is_ok());
    }
}
