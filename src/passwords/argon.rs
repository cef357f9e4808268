//! argon2id in memory that is used again. A hash takes 19 MiB; given back to the allocator from ever other threads, they stay with each of
//! them, and a morning of sign-ins held 300 MB.

use std::sync::{Mutex, PoisonError};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{self, Output, ParamsString, PasswordHash, Salt, SaltString},
};

/// What a new hash costs: 19 MiB, two passes, one lane (DESIGN 4).
pub(super) const COST: Params = match Params::new(19 * 1024, 2, 1, None) {
    Ok(params) => params,
    Err(_) => panic!("the parameters are in argon2's range"),
};

/// Makes and compares hashes. As many blocks of memory are kept as ever were in use at once.
#[derive(Default)]
pub(super) struct Argon {
    kept: Mutex<Vec<Vec<Block>>>,
}

impl Argon {
    /// A new hash as a PHC string.
    pub(super) fn hash(&self, password: &[u8], salt: &SaltString) -> password_hash::Result<String> {
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, COST);
        let output = self.compute(&argon, password, salt.as_salt(), Params::DEFAULT_OUTPUT_LEN)?;
        let made = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&COST)?,
            salt: Some(salt.as_salt()),
            hash: Some(output),
        };
        Ok(made.to_string())
    }

    /// Whether the password belongs to the hash, at the cost the hash names. An error when it cannot be read.
    pub(super) fn matches(&self, password: &[u8], phc: &str) -> password_hash::Result<bool> {
        let hash = PasswordHash::new(phc)?;
        let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else {
            return Err(password_hash::Error::PhcStringField);
        };
        let version = hash.version.map(Version::try_from).transpose()?.unwrap_or_default();
        let argon = Argon2::new(Algorithm::try_from(hash.algorithm)?, version, Params::try_from(&hash)?);
        let computed = self.compute(&argon, password, salt, expected.len())?;
        Ok(computed == expected) // compares in constant time
    }

    fn compute(&self, argon: &Argon2<'_>, password: &[u8], salt: Salt<'_>, length: usize) -> password_hash::Result<Output> {
        let mut bytes = [0; Salt::MAX_LENGTH];
        let salt = salt.decode_b64(&mut bytes)?;
        let mut memory = self.kept.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        memory.resize(argon.params().block_count(), Block::default());
        let output = Output::init_with(length, |out| Ok(argon.hash_password_into_with_memory(password, salt, out, &mut memory)?));
        if memory.len() <= COST.block_count() {
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        }
        output
    }

    #[cfg(test)]
    fn kept(&self) -> usize {
        self.kept.lock().unwrap().len()
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier as _;

    use super::*;

    fn salt() -> SaltString {
        SaltString::encode_b64(b"0123456789abcdef").unwrap()
    }

    #[test]
    fn memory_that_was_used_before_gives_the_same_hash() {
        let argon = Argon::default();
        let first = argon.hash("gül kurusu 1923".as_bytes(), &salt()).unwrap();
        argon.hash(b"somebody else's password", &salt()).unwrap();
        assert_eq!(argon.hash("gül kurusu 1923".as_bytes(), &salt()).unwrap(), first);
        assert_eq!(argon.kept(), 1, "one at a time needs memory once");
    }

    #[test]
    fn a_hash_is_one_that_every_argon2_can_check() {
        let phc = Argon::default().hash(b"gul kurusu 1923", &salt()).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        let read = PasswordHash::new(&phc).unwrap();
        assert!(Argon2::default().verify_password(b"gul kurusu 1923", &read).is_ok());
        assert!(Argon2::default().verify_password(b"gul kurusu 1924", &read).is_err());
    }

    #[test]
    fn a_hash_of_another_cost_is_checked_at_its_own_and_keeps_no_more_memory() {
        let argon = Argon::default();
        // The example of the reference implementation: argon2id, 64 MiB, 2 passes, "password" and "somesalt".
        let reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(argon.matches(b"password", reference).unwrap());
        assert!(!argon.matches(b"passwort", reference).unwrap());
        assert_eq!(argon.kept(), 0);
    }

    #[test]
    fn what_is_no_hash_is_an_error_and_never_a_match() {
        for damaged in ["", "damaged", "$argon2id$v=19$m=19456,t=2,p=1$cmFpbnN0YWZmbm9ib2R5cw", "$scrypt$ln=1$cmFpbnN0YWZm$cmFpbnN0YWZm"] {
            assert!(Argon::default().matches(b"", damaged).is_err(), "{damaged}");
        }
    }
}
