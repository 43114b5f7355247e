//! The rules: views of `rules.sql`, each with the clauses it implements in the comment above it.
//!
//! ```sql
//! -- clause: C2.1.2, C3.1.4.3
//! -- 有效发明专利：公告日起，至终止前一日止。
//! create view invention_in_force as
//! select … ;
//! ```

use crate::Error;

/// One rule: a named query and the clauses it implements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its name, under which later rules use it.
    pub name: String,
    /// Its query, without `create view … as`.
    pub sql: String,
    /// The clauses it implements.
    pub clauses: Vec<String>,
    /// The other comment lines above it.
    pub note: String,
    /// The line of the file on which the query begins, counted from 1.
    pub line: u64,
    /// The characters before the query on that line.
    pub column: u64,
}

/// A statement of the file with the comments that stand above it.
struct Statement<'a> {
    comments: Vec<&'a str>,
    /// Byte offsets of its text, without the semicolon.
    start: usize,
    end: usize,
}

/// Reads all views of the file, in order.
pub(super) fn parse(text: &str) -> Result<Vec<View>, Error> {
    statements(text)?.iter().map(|statement| view(text, statement)).collect()
}

fn view(text: &str, statement: &Statement) -> Result<View, Error> {
    let sql = &text[statement.start..statement.end];
    let wrong = |offset: usize, what: &str| {
        let (line, _) = position(text, statement.start + offset);
        Error::Policy(format!("rules.sql 第 {line} 行：{what}"))
    };
    let mut rest = sql;
    for word in ["create", "view"] {
        rest = keyword(rest, word).ok_or_else(|| wrong(0, "每条语句都要写成 create view 名称 as select …;"))?;
    }
    let name_length =
        rest.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')).unwrap_or(rest.len());
    let (name, after) = rest.split_at(name_length);
    if name.is_empty() {
        return Err(wrong(0, "视图名只用小写字母、数字和下划线"));
    }
    let query = keyword(after, "as").ok_or_else(|| wrong(0, &format!("视图 {name} 的名称后面要写 as")))?;
    let start = sql.len() - query.len();
    let (line, column) = position(text, statement.start + start);
    let mut clauses = Vec::new();
    let mut notes = Vec::new();
    for comment in &statement.comments {
        match comment.strip_prefix("clause:").or_else(|| comment.strip_prefix("clauses:")) {
            Some(list) => {
                clauses.extend(list.split([',', ' ', '、', '，']).filter(|id| !id.is_empty()).map(str::to_owned))
            }
            None => notes.push(*comment),
        }
    }
    Ok(View {
        name: name.to_owned(),
        sql: query.trim_end().to_owned(),
        clauses,
        note: notes.join("\n"),
        line,
        column: column - 1,
    })
}

/// Takes a keyword in any case and the white space after it off the front.
fn keyword<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let text = text.trim_start();
    let head = text.get(..word.len())?;
    let rest = &text[word.len()..];
    let ends = rest.starts_with(|c: char| c.is_whitespace() || c == '(' || c == '-');
    (head.eq_ignore_ascii_case(word) && ends).then(|| rest.trim_start())
}

/// Cuts the file at semicolons that stand in no comment and no quotes.
fn statements(text: &str) -> Result<Vec<Statement<'_>>, Error> {
    let mut found = Vec::new();
    let mut comments: Vec<&str> = Vec::new();
    let mut start: Option<usize> = None;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
                if start.is_none() {
                    comments.push(text[at..end].trim_start_matches('-').trim());
                }
                at = end;
            }
            quote @ (b'\'' | b'"') => {
                start.get_or_insert(at);
                let length = bytes[at + 1..].iter().position(|b| *b == quote);
                let Some(length) = length else {
                    let (line, _) = position(text, at);
                    return Err(Error::Policy(format!("rules.sql 第 {line} 行：引号没有结束；请补上")));
                };
                at += length + 2;
            }
            b';' => {
                if let Some(start) = start.take() {
                    found.push(Statement { comments: std::mem::take(&mut comments), start, end: at });
                }
                at += 1;
            }
            b'\n' if start.is_none() && blank_line_follows(&text[at..]) => {
                // A blank line parts a heading of the file from the header of a view.
                comments.clear();
                at += 1;
            }
            byte => {
                if !byte.is_ascii_whitespace() {
                    start.get_or_insert(at);
                }
                at += 1;
            }
        }
    }
    match start {
        None => Ok(found),
        Some(start) => {
            let (line, _) = position(text, start);
            Err(Error::Policy(format!("rules.sql 第 {line} 行：语句没有以分号结束；请补上")))
        }
    }
}

fn blank_line_follows(text: &str) -> bool {
    let rest = text[1..].trim_start_matches([' ', '\t', '\r']);
    rest.starts_with('\n')
}

/// Line and column of a byte, both counted from 1, columns in characters.
fn position(text: &str, offset: usize) -> (u64, u64) {
    let before = &text[..offset];
    let line = before.matches('\n').count() as u64 + 1;
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) as u64 + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_carries_its_clauses_note_and_position() {
        let views = parse(
            "-- A heading of the file.\n\n-- clause: C2.1.2, C3.1.4.3\n-- 有效；量\nCREATE VIEW a AS\n  select ';' as x; -- after\n\
             -- clause: C1.2\ncreate view b as select 1 -- why; not\n;",
        )
        .unwrap();
        assert_eq!(views.len(), 2);
        assert_eq!(views[0].clauses, ["C2.1.2", "C3.1.4.3"]);
        assert_eq!(views[0].note, "有效；量");
        assert_eq!((views[0].line, views[0].column), (6, 2));
        assert_eq!(views[0].sql, "select ';' as x");
        assert_eq!((views[1].name.as_str(), views[1].line, views[1].column), ("b", 8, 17));
        assert_eq!(views[1].clauses, ["C1.2"]);
    }

    #[test]
    fn what_is_no_view_is_refused_with_its_line() {
        for (text, line) in [
            ("\nselect 1;", "第 2 行"),
            ("create view A as select 1;", "第 1 行"),
            ("create view a as select 'x;\n", "第 1 行"),
            ("\n\ncreate view a as select 1", "第 3 行"),
        ] {
            let message = parse(text).unwrap_err().to_string();
            assert!(message.contains(line), "{text}: {message}");
        }
    }
}
