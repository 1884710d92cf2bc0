//! Signatures of deliveries, as the Standard Webhooks specification has them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Result;
use crate::error::Error;

/// What secrets begin with, so that one knows them when one sees them.
const PREFIX: &str = "whsec_";

/// A secret in the form in which it is shown.
pub(super) fn secret(bytes: &[u8]) -> String {
    format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes))
}

/// The value of `webhook-signature`: `v1,` and the HMAC-SHA256 over `<id>.<timestamp>.<body>` in base64.
pub fn sign(secret: &str, id: &str, timestamp: i64, body: &str) -> Result<String> {
    let key = BASE64_STANDARD
        .decode(secret.strip_prefix(PREFIX).unwrap_or(secret))
        .map_err(Error::internal)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(Error::internal)?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Ok(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the specification's own examples, and one computed with another program (`openssl dgst -hmac`).
    #[test]
    fn signatures_are_those_of_the_specification() {
        let signed = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            "{\"test\": 2432232314}",
        );
        assert_eq!(
            signed.expect("signs"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        let signed = sign(&secret(&[7; 32]), "a", 1_795_485_600, "{\"市\":1}");
        assert_eq!(
            signed.expect("signs"),
            "v1,SqPFJ47JuSlN8HwXSJJAvszGVz/e7Hr8NkHGsQ+SJs0="
        );
        assert!(sign("whsec_%", "a", 0, "").is_err());
    }
}
