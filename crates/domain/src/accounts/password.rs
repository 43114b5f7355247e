//! Passwords (口令): kept as argon2id, long and mixed enough (口令复杂度, GB/T 22239-2019), not taken again.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::Error;

/// The shortest password that is accepted.
pub const CHARS_MIN: usize = 10;
/// The longest: what is longer would only cost work.
const CHARS_MAX: usize = 128;
/// From this length on a password may be of any letters.
const LONG: usize = 16;
/// How many former passwords are not taken again.
pub const HISTORY: usize = 5;

/// The hash of a password, with its salt and costs.
pub(crate) fn hash(password: &str) -> Result<String, Error> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|cause| Error::Conflict(format!("密码无法加密保存：{cause}")))?.to_string())
}

/// Whether a password is the one of this hash.
pub(super) fn is_right(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Refuses a password that is too short, too plain, or made of the login.
pub(crate) fn check(password: &str, login: &str) -> Result<(), Error> {
    let refused = |why| Err(Error::field("new", why));
    let length = password.chars().count();
    if !(CHARS_MIN..=CHARS_MAX).contains(&length) {
        return refused(format!("密码应有 {CHARS_MIN} 到 {CHARS_MAX} 个字符，现有 {length} 个。"));
    }
    let of = |kind: fn(&char) -> bool| password.chars().any(|letter| kind(&letter));
    let kinds = [
        of(char::is_ascii_lowercase),
        of(char::is_ascii_uppercase),
        of(char::is_ascii_digit),
        of(|letter| !letter.is_ascii_alphanumeric()),
    ];
    if length < LONG && kinds.into_iter().filter(|held| *held).count() < 3 {
        return refused(format!("密码应含小写字母、大写字母、数字、其他符号中的三种，或不少于 {LONG} 个字符。"));
    }
    if login.chars().count() >= 4 && password.to_lowercase().contains(&login.to_lowercase()) {
        return refused("密码中不能含有登录名，请另设一个。".to_owned());
    }
    Ok(())
}

/// A password to be given once and changed at the first sign-in: letters and digits that are not mistaken for one another.
pub(crate) fn fresh() -> Result<String, Error> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).map_err(|cause| Error::Conflict(format!("系统随机数不可用：{cause}")))?;
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    Ok(letters.chunks(5).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_each_demand_on_a_password() {
        let long = "a".repeat(CHARS_MAX);
        for good in ["abcdefgh-1", "ABCdefgh12", "密码密码密码密码aA", "sixteen letters!", &long] {
            assert!(check(good, "clerk").is_ok(), "{good}");
        }
        let longer = "a".repeat(CHARS_MAX + 1);
        for bad in ["abcdefg-1", "abcdefghi1", "fifteen letters", "clerk-Clerk-1", "", &longer] {
            assert!(check(bad, "clerk").is_err(), "{bad}");
        }
        assert!(check("wang-2023-x", "wan").is_ok(), "a login of three letters may stand in it by chance");
    }

    #[test]
    fn a_fresh_password_is_accepted_and_never_the_same() {
        let (one, other) = (fresh().unwrap(), fresh().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 23);
        assert!(check(&one, "clerk").is_ok(), "{one}");
    }
}
