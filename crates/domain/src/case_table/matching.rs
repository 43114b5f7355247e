//! Whether an answer holds what a case expects: a table matches when all its keys do, an array when each of its members
//! matches some member of the answer; the text "null" stands for null.

use serde_json::Value;

/// Notes what of `expected` the answer does not hold.
pub(super) fn expect(path: &str, expected: &toml::Value, answer: &Value, found: &mut Vec<String>) {
    match (expected, answer) {
        (toml::Value::Table(table), Value::Object(object)) => {
            for (key, expected) in table {
                let here = format!("{path}/{key}");
                match object.get(key) {
                    Some(value) => expect(&here, expected, value, found),
                    None => found.push(format!("{here}：结果中没有这一项")),
                }
            }
        }
        (toml::Value::Array(members), Value::Array(values)) => {
            for member in members {
                if !values.iter().any(|value| holds(member, value)) {
                    let near = nearest(member, values).map(|value| format!("；最接近的是 {value}")).unwrap_or_default();
                    found.push(format!("{path}：没有与 {member} 相符的一项{near}"));
                }
            }
            if members.is_empty() && !values.is_empty() {
                found.push(format!("{path}：应为空，实际有 {} 项", values.len()));
            }
        }
        _ if scalar(expected, answer) => {}
        _ => found.push(format!("{path}：应为 {expected}，实际为 {answer}")),
    }
}

/// Notes what of `absent` the answer does hold.
pub(super) fn absent(path: &str, absent_part: &toml::Value, answer: &Value, found: &mut Vec<String>) {
    match (absent_part, answer) {
        (toml::Value::Table(table), Value::Object(object)) => {
            for (key, part) in table {
                if let Some(value) = object.get(key) {
                    absent(&format!("{path}/{key}"), part, value, found);
                }
            }
        }
        (toml::Value::Array(members), Value::Array(values)) => {
            for member in members {
                if let Some(value) = values.iter().find(|value| holds(member, value)) {
                    found.push(format!("{path}：不应有 {value}"));
                }
            }
        }
        _ if scalar(absent_part, answer) => found.push(format!("{path}：不应为 {answer}")),
        _ => {}
    }
}

fn holds(expected: &toml::Value, answer: &Value) -> bool {
    let mut found = Vec::new();
    expect("", expected, answer, &mut found);
    found.is_empty()
}

fn scalar(expected: &toml::Value, answer: &Value) -> bool {
    match (expected, answer) {
        (toml::Value::String(text), Value::Null) => text == "null",
        (toml::Value::String(text), Value::String(answer)) => text == answer,
        (toml::Value::Integer(number), Value::Number(answer)) => answer.as_i64() == Some(*number),
        (toml::Value::Boolean(flag), Value::Bool(answer)) => flag == answer,
        (toml::Value::Datetime(date), Value::String(answer)) => date.to_string() == *answer,
        _ => false,
    }
}

/// The member of the answer that shares the identifying keys of an expectation, for the message.
fn nearest<'a>(expected: &toml::Value, values: &'a [Value]) -> Option<&'a Value> {
    let table = expected.as_table()?;
    ["code", "award", "application_number", "region"].iter().find_map(|key| {
        let wanted = table.get(*key)?;
        values.iter().find(|value| value.get(*key).is_some_and(|found| scalar(wanted, found)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differences(expected: &str, answer: &Value) -> Vec<String> {
        let mut found = Vec::new();
        expect("", &toml::from_str::<toml::Value>(expected).unwrap(), answer, &mut found);
        found
    }

    #[test]
    fn a_part_matches_and_every_difference_is_named() {
        let answer = serde_json::json!({ "a": [{ "code": "K01", "met": false, "value": null }], "n": 3 });
        assert!(differences("a = [{ code = \"K01\", value = \"null\" }]\nn = 3", &answer).is_empty());
        assert_eq!(differences("n = 4", &answer), ["/n：应为 4，实际为 3"]);
        assert_eq!(differences("a = [{ code = \"K01\", met = true }]", &answer).len(), 1);
        assert_eq!(differences("missing = 1", &answer), ["/missing：结果中没有这一项"]);
    }

    #[test]
    fn what_must_be_absent_is_found() {
        let answer = serde_json::json!({ "awards": [{ "award": "x", "subject": "s" }] });
        let mut found = Vec::new();
        absent("", &toml::from_str::<toml::Value>("awards = [{ award = \"x\" }]").unwrap(), &answer, &mut found);
        assert_eq!(found.len(), 1);
        found.clear();
        absent("", &toml::from_str::<toml::Value>("awards = [{ award = \"y\" }]").unwrap(), &answer, &mut found);
        assert!(found.is_empty());
    }
}
