//! argon2id with memory that is returned to the system. A hash takes 19 MiB; the allocator would keep them for each thread that ever
//! computed one, and after a morning of sign-ins that was 300 MB.

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{self, Output, ParamsString, PasswordHash, Salt, SaltString},
};

/// The cost of a new hash: 19 MiB, two passes, one lane (DESIGN 4).
pub const COST: Params = match Params::new(19 * 1024, 2, 1, None) {
    Ok(params) => params,
    Err(_) => panic!("the parameters are in argon2's range"),
};

/// Blocks (1 KiB each) that are allocated at least. Memory above 32 MiB comes directly from the system and is returned to it at once: glibc
/// keeps smaller allocations after it has seen one of their size. Only used blocks take memory.
const ROOM: usize = 33 * 1024;

/// A new hash as a PHC string, with its own salt.
pub fn hash(password: &[u8]) -> password_hash::Result<String> {
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>())?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, COST);
    let output = compute(&argon, password, salt.as_salt(), Params::DEFAULT_OUTPUT_LEN)?;
    let made = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&COST)?,
        salt: Some(salt.as_salt()),
        hash: Some(output),
    };
    Ok(made.to_string())
}

/// Whether the password matches the hash, at the cost that the hash names. An error if the hash cannot be read.
pub fn matches(password: &[u8], phc: &str) -> password_hash::Result<bool> {
    let hash = PasswordHash::new(phc)?;
    let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else {
        return Err(password_hash::Error::PhcStringField);
    };
    let version = hash.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let argon = Argon2::new(Algorithm::try_from(hash.algorithm)?, version, Params::try_from(&hash)?);
    let computed = compute(&argon, password, salt, expected.len())?;
    Ok(computed == expected) // compares in constant time
}

fn compute(argon: &Argon2<'_>, password: &[u8], salt: Salt<'_>, length: usize) -> password_hash::Result<Output> {
    let mut bytes = [0; Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut bytes)?;
    let blocks = argon.params().block_count();
    let mut memory = Vec::with_capacity(blocks.max(ROOM));
    memory.resize(blocks, Block::default());
    Output::init_with(length, |out| Ok(argon.hash_password_into_with_memory(password, salt, out, &mut memory)?))
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier as _;

    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn no_thread_keeps_the_memory_of_its_hashes() {
        use std::{fs, thread, time::Duration};

        // Other tests of this process compute hashes too: the minimum within a second counts.
        let least = || {
            let resident = || {
                let status = fs::read_to_string("/proc/self/status").unwrap();
                let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
                line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024
            };
            (0..50).map(|_| (resident(), thread::sleep(Duration::from_millis(20)))).map(|(mib, ())| mib).min().unwrap()
        };
        let before = least();
        let (done, wait) = std::sync::mpsc::channel::<()>();
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let done = done.clone();
                thread::spawn(move || {
                    for _ in 0..3 {
                        hash(b"gul kurusu 1923").unwrap();
                    }
                    drop(done);
                    thread::park_timeout(Duration::from_mins(1));
                })
            })
            .collect();
        drop(done);
        wait.recv().unwrap_err(); // all have computed their hashes, and stay alive like threads of a pool
        let after = least();
        for thread in threads {
            thread.thread().unpark();
            thread.join().unwrap();
        }
        assert!(after < before + 60, "{before} MiB became {after}, of 8 threads with 19 MiB each");
    }

    #[test]
    fn a_hash_is_one_that_every_argon2_can_check() {
        let phc = hash(b"gul kurusu 1923").unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        let read = PasswordHash::new(&phc).unwrap();
        assert!(Argon2::default().verify_password(b"gul kurusu 1923", &read).is_ok());
        assert!(Argon2::default().verify_password(b"gul kurusu 1924", &read).is_err());
    }

    #[test]
    fn a_hash_of_another_cost_is_checked_at_its_own() {
        // The example of the reference implementation: argon2id, 64 MiB, 2 passes, "password" and "somesalt".
        let reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(matches(b"password", reference).unwrap());
        assert!(!matches(b"passwort", reference).unwrap());
    }

    #[test]
    fn what_is_no_hash_is_an_error_and_never_a_match() {
        for damaged in ["", "damaged", "$argon2id$v=19$m=19456,t=2,p=1$cmFpbnN0YWZmbm9ib2R5cw", "$scrypt$ln=1$cmFpbnN0YWZm$cmFpbnN0YWZm"] {
            assert!(matches(b"", damaged).is_err(), "{damaged}");
        }
    }
}
