//! The database key under a passphrase: Argon2id makes a key of it, XChaCha20-Poly1305 wraps ours.

use crate::{
    Key, StoreError,
    key::{from_hex, random_bytes, to_hex},
};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    XChaCha20Poly1305,
    aead::{Aead, KeyInit, Payload},
};
use serde::{Deserialize, Serialize};
use usher_model::Secret;
use zeroize::Zeroizing;

/// Memory in KiB, passes and lanes: the second choice of RFC 9106, with one
/// lane, since more would be worked off one after another anyway.
const COST: (u32, u32, u32) = (64 * 1024, 3, 1);
/// The most that a file may ask for, so that a changed one cannot hang the start.
const MOST: (u32, u32, u32) = (1024 * 1024, 16, 16);

/// The wrapped key as it stands in `folder.json`: useless without the passphrase.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Wrapped {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    nonce: String,
    key: String,
}

impl Wrapped {
    /// Wraps a key for one folder; the folder's id is bound in, so that the
    /// file of one folder is of no use in another.
    pub(crate) fn wrap(
        key: &Key,
        passphrase: &Secret,
        folder_id: &str,
    ) -> Result<Self, StoreError> {
        let (salt, nonce) = (random_bytes::<16>()?, random_bytes::<24>()?);
        let (memory_kib, passes, lanes) = COST;
        let cipher = cipher(COST, passphrase, &salt)
            .ok_or_else(|| StoreError::internal("the passphrase cannot be stretched"))?;
        let sealed = cipher
            .encrypt(
                &nonce.into(),
                Payload {
                    msg: key.bytes(),
                    aad: folder_id.as_bytes(),
                },
            )
            .map_err(|_| StoreError::internal("the key cannot be wrapped"))?;
        let (salt, nonce, key) = (to_hex(&salt), to_hex(&nonce), to_hex(&sealed));
        Ok(Self {
            memory_kib,
            passes,
            lanes,
            salt,
            nonce,
            key,
        })
    }

    /// Unwraps the key; nothing when the passphrase is wrong.
    ///
    /// # Errors
    /// `Damaged` when the numbers or texts are not what `wrap` writes. A changed
    /// salt, nonce or key cannot be told from a wrong passphrase.
    pub(crate) fn unwrap_key(
        &self,
        passphrase: &Secret,
        folder_id: &str,
    ) -> Result<Option<Key>, StoreError> {
        let damaged = || StoreError::Damaged("the wrapped key is not what Usher writes".into());
        let cost = (self.memory_kib, self.passes, self.lanes);
        if cost.0 > MOST.0 || cost.1 > MOST.1 || cost.2 > MOST.2 {
            return Err(damaged());
        }
        let salt = from_hex(&self.salt).ok_or_else(damaged)?;
        let nonce = from_hex(&self.nonce).and_then(|n| <[u8; 24]>::try_from(n).ok());
        let nonce = nonce.ok_or_else(damaged)?;
        let sealed = from_hex(&self.key).ok_or_else(damaged)?;
        let cipher = cipher(cost, passphrase, &salt).ok_or_else(damaged)?;
        let payload = Payload {
            msg: &sealed,
            aad: folder_id.as_bytes(),
        };
        let Ok(opened) = cipher.decrypt(&nonce.into(), payload) else {
            return Ok(None);
        };
        let opened = Zeroizing::new(opened);
        Key::from_bytes(&opened).map(Some).ok_or_else(damaged)
    }
}

/// The cipher whose key is the stretched passphrase; nothing for impossible costs.
fn cipher(
    (memory, passes, lanes): (u32, u32, u32),
    passphrase: &Secret,
    salt: &[u8],
) -> Option<XChaCha20Poly1305> {
    let params = Params::new(memory, passes, lanes, Some(32)).ok()?;
    let mut stretched = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose().as_bytes(), salt, stretched.as_mut())
        .ok()?;
    XChaCha20Poly1305::new_from_slice(stretched.as_ref()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.into())
    }

    #[test]
    fn only_the_passphrase_of_this_folder_opens_the_key() {
        let key = Key::random().unwrap();
        let wrapped = Wrapped::wrap(&key, &secret("correct horse"), "a").unwrap();
        let open = |text, id| wrapped.unwrap_key(&secret(text), id).unwrap();
        assert_eq!(open("correct horse", "a"), Some(key));
        assert_eq!(
            open("correct horse ", "a"),
            None,
            "another passphrase opened it"
        );
        assert_eq!(
            open("correct horse", "b"),
            None,
            "another folder's file opened it"
        );
    }

    #[test]
    fn nothing_of_the_key_is_in_what_is_written() {
        let key = Key::random().unwrap();
        let wrapped = Wrapped::wrap(&key, &secret("hunter2"), "a").unwrap();
        let text = serde_json::to_string(&wrapped).unwrap();
        assert!(!text.contains(key.to_hex().as_str()) && !text.contains("hunter2"));
    }

    #[test]
    fn a_file_that_asks_for_too_much_or_nonsense_is_damaged() {
        let wrapped = || Wrapped::wrap(&Key::random().unwrap(), &secret("p"), "a").unwrap();
        for changed in [
            Wrapped {
                memory_kib: u32::MAX,
                ..wrapped()
            },
            Wrapped {
                passes: 0,
                ..wrapped()
            },
            Wrapped {
                nonce: "00".into(),
                ..wrapped()
            },
            Wrapped {
                salt: "xyz".into(),
                ..wrapped()
            },
        ] {
            let error = changed.unwrap_key(&secret("p"), "a").unwrap_err();
            assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
        }
    }
}
