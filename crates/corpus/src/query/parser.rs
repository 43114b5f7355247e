//! Reads tokens into a tree: NOT binds before proximity's neighbours, AND before OR; terms side by side are AND.

use super::{
    DEPTH_MAX, DISTANCE_MAX, Field, Near, Query, Span, TERMS_MAX, Term, Value,
    fields::Sort,
    lexer::{self, Kind, Token},
    value,
};
use crate::QueryError;

/// Reads a query; an empty text asks for every document.
pub(super) fn parse(field: Field, text: &str) -> Result<Query, QueryError> {
    let tokens = lexer::tokens(text)?;
    if tokens.is_empty() {
        return Ok(Query::All);
    }
    let end = Span { start: text.chars().count(), length: 0 };
    let mut parser = Parser { tokens, at: 0, depth: 0, terms: 0, end };
    let query = parser.any(field)?;
    match parser.peek() {
        None => Ok(query),
        Some(token) => Err(token.span.error(match token.kind {
            Kind::Close => "多了一个右括号；请删去，或在前面补上左括号",
            Kind::Weight(_) => "权重只能写在一个词或词组之后，例如 电池^3；请写进括号里面",
            _ => "这里不应出现这个符号；请删去，或用引号把它括起来",
        })),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    terms: usize,
    end: Span,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn kind(&self) -> Option<&Kind> {
        self.peek().map(|token| &token.kind)
    }

    fn next(&mut self, wanted: &str) -> Result<Token, QueryError> {
        let token = self.peek().cloned().ok_or_else(|| self.end.error(format!("检索式没有写完，这里还缺{wanted}")))?;
        self.at += 1;
        Ok(token)
    }

    /// Runs a step one level deeper.
    fn deeper<T>(&mut self, at: Span, step: impl FnOnce(&mut Self) -> Result<T, QueryError>) -> Result<T, QueryError> {
        if self.depth >= DEPTH_MAX {
            return Err(at.error(format!("括号嵌套超过 {DEPTH_MAX} 层；请拆成几个检索式")));
        }
        self.depth += 1;
        let result = step(self);
        self.depth -= 1;
        result
    }

    fn any(&mut self, field: Field) -> Result<Query, QueryError> {
        let mut parts = vec![self.all(field)?];
        while self.kind() == Some(&Kind::Or) {
            self.at += 1;
            parts.push(self.all(field)?);
        }
        Ok(joined(parts, Query::Or, |query| match query {
            Query::Or(parts) => Ok(parts),
            other => Err(other),
        }))
    }

    fn all(&mut self, field: Field) -> Result<Query, QueryError> {
        let mut parts = vec![self.not(field)?];
        loop {
            match self.kind() {
                Some(Kind::And) => self.at += 1,
                Some(Kind::Not | Kind::Open | Kind::Word(_) | Kind::Quoted(_)) => {}
                _ => break,
            }
            parts.push(self.not(field)?);
        }
        Ok(joined(parts, Query::And, |query| match query {
            Query::And(parts) => Ok(parts),
            other => Err(other),
        }))
    }

    fn not(&mut self, field: Field) -> Result<Query, QueryError> {
        if let Some(Token { kind: Kind::Not, span }) = self.peek().cloned() {
            self.at += 1;
            let inner = self.deeper(span, |parser| parser.not(field))?;
            return Ok(Query::Not(Box::new(inner)));
        }
        self.near(field)
    }

    fn near(&mut self, field: Field) -> Result<Query, QueryError> {
        let start = self.peek().map_or(self.end, |token| token.span);
        let first = self.primary(field)?;
        let Some(&Kind::Near(distance, is_ordered)) = self.kind() else { return Ok(first) };
        if distance > DISTANCE_MAX {
            let span = self.peek().map_or(self.end, |token| token.span);
            return Err(span.error(format!("邻近距离最多 {DISTANCE_MAX}；更远请用 AND")));
        }
        let (field, values) = operand(first, start)?;
        let mut operands = vec![values];
        while let Some(Kind::Near(other, order)) = self.kind().cloned() {
            let span = self.peek().map_or(self.end, |token| token.span);
            if (other, order) != (distance, is_ordered) {
                return Err(span.error("一串邻近算符的距离和先后须一致；不同的请加括号并用 AND 连接"));
            }
            self.at += 1;
            let start = self.peek().map_or(self.end, |token| token.span);
            let (other, values) = operand(self.primary(field)?, start)?;
            if other != field {
                return Err(start.error(format!(
                    "邻近检索的两边须在同一字段；左边是{}，这里是{}",
                    field.zh(),
                    other.zh()
                )));
            }
            operands.push(values);
        }
        let length = self.tokens[self.at - 1].span.start + self.tokens[self.at - 1].span.length - start.start;
        let span = Span { start: start.start, length };
        Ok(Query::Near(Near { field, operands, distance, is_ordered, span }))
    }

    fn primary(&mut self, field: Field) -> Result<Query, QueryError> {
        let token = self.next("一个检索词")?;
        match token.kind {
            Kind::Open => self.group(field, token.span),
            Kind::Word(name) if matches!(self.kind(), Some(Kind::Compare(_))) => {
                let field = Field::named(&name).ok_or_else(|| {
                    let codes: Vec<&str> = Field::all().map(Field::code).collect();
                    token
                        .span
                        .error(format!("没有名为“{name}”的检索字段；可用：{}。若是检索词，请加引号", codes.join("、")))
                })?;
                self.comparison(field)
            }
            Kind::Word(word) if word == "*" => Ok(Query::All),
            Kind::Word(word) => self.leaf(field, token.span, |span| value::word(field, &word, span)),
            Kind::Quoted(text) => self.leaf(field, token.span, |span| value::quoted(field, &text, span)),
            Kind::And | Kind::Or => Err(token.span.error("AND、OR 的两边都要有检索词；若要检索这个词本身，请加引号")),
            Kind::Near(..) => Err(token.span.error("邻近算符的两边都要有检索词")),
            Kind::Weight(_) => Err(token.span.error("权重要紧跟在一个词或词组之后，例如 电池^3")),
            Kind::Close => Err(token.span.error("括号里是空的，或多了一个右括号")),
            Kind::Compare(_) => Err(token.span.error("比较符号前面要写字段，例如 TI=石墨烯、AD>=2018-01-01")),
            _ => Err(token
                .span
                .error("方括号写区间、花括号写号码单，前面要写字段，例如 AD=[2018 TO 2020]、NO={CN1, CN2}")),
        }
    }

    fn group(&mut self, field: Field, open: Span) -> Result<Query, QueryError> {
        let query = self.deeper(open, |parser| parser.any(field))?;
        match self.peek() {
            Some(Token { kind: Kind::Close, .. }) => {
                self.at += 1;
                Ok(query)
            }
            _ => Err(open.error("这个左括号没有配对的右括号")),
        }
    }

    /// What follows the name of a field.
    fn comparison(&mut self, field: Field) -> Result<Query, QueryError> {
        let Token { kind: Kind::Compare(sign), span } = self.next("比较符号")? else {
            return Err(self.end.error("这里还缺比较符号"));
        };
        if sign != "=" && sign != "==" {
            let token = self.next("日期")?;
            let (Kind::Word(day) | Kind::Quoted(day)) = &token.kind else {
                return Err(token.span.error("大于、小于之后要写日期，例如 AD>=2018-01-01"));
            };
            let value = match (field, sign) {
                (Field::Arrival, ">") => value::later_than(day, token.span)?,
                _ => value::compared_days(field, sign, day, span, token.span)?,
            };
            return self.leaf(field, token.span, |_| Ok(value));
        }
        let token = self.next("检索词")?;
        match token.kind {
            Kind::Word(word) if sign == "==" => self.leaf(field, token.span, |at| value::whole(field, &word, at)),
            Kind::Quoted(text) if sign == "==" => self.leaf(field, token.span, |at| value::whole(field, &text, at)),
            _ if sign == "==" => Err(token.span.error("== 之后要写完整的名称或分类号")),
            Kind::Open => self.group(field, token.span),
            Kind::Word(word) => {
                let word = word + &self.rest_of_symbol(field);
                self.leaf(field, token.span, |at| value::word(field, &word, at))
            }
            Kind::Quoted(text) => self.leaf(field, token.span, |at| value::quoted(field, &text, at)),
            Kind::OpenRange => self.range(field, token.span),
            Kind::OpenList => self.list(field, token.span),
            _ => Err(token.span.error(format!("字段{}之后要写检索词", field.zh()))),
        }
    }

    /// The group of a symbol that is written with a space: `H04L 9/32`.
    fn rest_of_symbol(&mut self, field: Field) -> String {
        let is_group =
            |word: &str| word.contains('/') && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'/');
        match self.kind() {
            Some(Kind::Word(word)) if field.sort() == Sort::Class && is_group(word) => {
                let rest = word.clone();
                self.at += 1;
                rest
            }
            _ => String::new(),
        }
    }

    /// `[2018-01-01 TO 2020-12-31]`, either end `*` for open.
    fn range(&mut self, field: Field, open: Span) -> Result<Query, QueryError> {
        let mut words = Vec::new();
        loop {
            let token = self.next("区间的右方括号")?;
            match token.kind {
                Kind::CloseRange => break,
                Kind::Word(word) | Kind::Quoted(word) => words.push((word, token.span)),
                _ => return Err(token.span.error("区间里只能写两个日期，例如 [2018-01-01 TO 2020-12-31]")),
            }
        }
        let days = value::range(field, &words, open)?;
        self.leaf(field, open, |_| Ok(days))
    }

    /// `{CN1, CN2}`.
    fn list(&mut self, field: Field, open: Span) -> Result<Query, QueryError> {
        let mut numbers = Vec::new();
        loop {
            let token = self.next("号码单的右花括号")?;
            match token.kind {
                Kind::CloseList => break,
                Kind::Word(word) | Kind::Quoted(word) => numbers.push(word),
                _ => return Err(token.span.error("号码单里只能写号码，用逗号或空格隔开")),
            }
        }
        let list = value::list(field, &numbers, open)?;
        self.leaf(field, open, |_| Ok(list))
    }

    fn leaf(
        &mut self,
        field: Field,
        span: Span,
        read: impl FnOnce(Span) -> Result<Value, QueryError>,
    ) -> Result<Query, QueryError> {
        self.terms += 1;
        if self.terms > TERMS_MAX {
            return Err(span.error(format!("检索词超过 {TERMS_MAX} 个；号码请用号码单 NO={{…}}，其他请拆成几个检索式")));
        }
        let value = read(span)?;
        let mut weight = 1;
        if let Some(Token { kind: Kind::Weight(written), span }) = self.peek().cloned() {
            if field.sort() != Sort::Text {
                return Err(span.error(format!("字段{}不参与排序，不能写权重", field.zh())));
            }
            self.at += 1;
            weight = written;
        }
        Ok(Query::Term(Term { field, value, weight, span }))
    }
}

/// What may stand beside a proximity operator: a word, a phrase, a wildcard, or a choice of these in one field.
fn operand(query: Query, start: Span) -> Result<(Field, Vec<Value>), QueryError> {
    let refused = || start.error("邻近算符的两边只能是同一字段的词、词组，或用 OR 连起来并加括号的几个词");
    let one = |query: Query| match query {
        Query::Term(Term { field, value, weight: 1, .. })
            if matches!(value, Value::Words(_) | Value::Phrase(_) | Value::Wildcard(_))
                && matches!(field.sort(), Sort::Text | Sort::Name) =>
        {
            Ok((field, value))
        }
        _ => Err(refused()),
    };
    let parts = match query {
        Query::Or(parts) => parts,
        single => vec![single],
    };
    let values = parts.into_iter().map(one).collect::<Result<Vec<_>, _>>()?;
    let field = values.first().ok_or_else(refused)?.0;
    if values.iter().any(|(other, _)| *other != field) {
        return Err(refused());
    }
    Ok((field, values.into_iter().map(|(_, value)| value).collect()))
}

/// One part as it is, several under one node, those of the same kind taken up into it.
fn joined(mut parts: Vec<Query>, node: fn(Vec<Query>) -> Query, same: fn(Query) -> Result<Vec<Query>, Query>) -> Query {
    if parts.len() == 1 {
        return parts.remove(0);
    }
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match same(part) {
            Ok(inner) => flat.extend(inner),
            Err(part) => flat.push(part),
        }
    }
    node(flat)
}
