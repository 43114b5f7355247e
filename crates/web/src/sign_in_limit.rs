//! How often a sign-in may fail before it must wait, per login and per address.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

/// Failures of one login within the window before it must wait (登录失败处理, GB/T 22239-2019).
pub const LOGIN_FAILURES_MAX: usize = 8;
/// Failures of one address within the window; an office shares one, so it is allowed more.
pub const ADDRESS_FAILURES_MAX: usize = 60;
/// The window.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Keys remembered at most; beyond that the oldest are forgotten first.
const KEYS_MAX: usize = 100_000;

/// The failures of the last minutes; lost at a restart, which is harmless.
#[derive(Debug, Default)]
pub struct SignInLimit {
    failures: Mutex<HashMap<String, Vec<Timestamp>>>,
}

impl SignInLimit {
    /// Minutes to wait before this login from this address may be tried again; `None` when it may be tried now.
    pub fn minutes_to_wait(&self, login: &str, address: &str, now: Timestamp) -> Option<i64> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = |key: &str, most: usize, failures: &mut HashMap<String, Vec<Timestamp>>| {
            let times = failures.get_mut(key)?;
            times.retain(|time| now.duration_since(*time) < WINDOW);
            let first = *times.iter().rev().nth(most - 1)?;
            let left = WINDOW - now.duration_since(first);
            Some((left.as_secs() + 59) / 60)
        };
        let by_login = wait(&login_key(login), LOGIN_FAILURES_MAX, &mut failures);
        let by_address = wait(&address_key(address), ADDRESS_FAILURES_MAX, &mut failures);
        by_login.max(by_address)
    }

    /// Remembers a failure.
    pub fn failed(&self, login: &str, address: &str, now: Timestamp) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= KEYS_MAX {
            failures.retain(|_, times| times.last().is_some_and(|time| now.duration_since(*time) < WINDOW));
        }
        for key in [login_key(login), address_key(address)] {
            failures.entry(key).or_default().push(now);
        }
    }

    /// Forgets the failures of a login that got in.
    pub fn succeeded(&self, login: &str) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(&login_key(login));
    }
}

fn login_key(login: &str) -> String {
    format!("login {}", login.chars().take(100).collect::<String>().to_lowercase())
}

fn address_key(address: &str) -> String {
    format!("address {address}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + minutes * 60).unwrap()
    }

    #[test]
    fn a_login_waits_after_too_many_failures_and_is_free_again_after_the_window() {
        let limit = SignInLimit::default();
        for minute in 0..8 {
            assert_eq!(limit.minutes_to_wait("wang", "a", at(minute)), None);
            limit.failed("Wang", "a", at(minute));
        }
        assert_eq!(limit.minutes_to_wait("wang", "b", at(8)), Some(7));
        assert_eq!(limit.minutes_to_wait("li", "a", at(8)), None);
        assert_eq!(limit.minutes_to_wait("wang", "a", at(15)), None);
    }

    #[test]
    fn an_address_waits_after_many_failures_of_many_logins() {
        let limit = SignInLimit::default();
        for number in 0..ADDRESS_FAILURES_MAX {
            limit.failed(&format!("login{number}"), "a", at(0));
        }
        assert_eq!(limit.minutes_to_wait("new", "a", at(1)), Some(14));
        assert_eq!(limit.minutes_to_wait("new", "b", at(1)), None);
    }
}
