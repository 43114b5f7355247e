//! Forms as one writes them down: fields with their label, hint, value and error, and the summary of what was wrong.

/// What is wrong with a form, field by field, in the order in which the fields stand.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Errors {
    list: Vec<FieldError>,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name, to which the summary links.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl Errors {
    /// Notes a mistake.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.list.push(FieldError { field: field.to_owned(), message: message.into() });
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Every mistake, for the summary.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.list.iter()
    }

    /// What is wrong with this field.
    pub fn of(&self, field: &str) -> Option<String> {
        self.list.iter().find(|error| error.field == field).map(|error| error.message.clone())
    }
}

/// One field, ready to print by the component `field`.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name, which is also its id.
    pub name: String,
    /// What it asks for.
    pub label: String,
    /// How to answer, below the label.
    pub hint: Option<String>,
    /// What was typed.
    pub value: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// What sort of field it is.
    pub kind: Kind,
    /// Whether it may stay empty; the label then says so.
    pub is_optional: bool,
    /// Whether the browser is to ask for it before it sends the form.
    pub is_required: bool,
    /// The browser's name for what belongs here.
    pub autocomplete: Option<&'static str>,
}

/// The sorts of field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Text,
    /// A few characters.
    Short,
    /// A password.
    Password,
    /// A date, typed or picked.
    Date,
    /// A whole number.
    Number,
    /// Several lines.
    Lines,
    /// A file; its text is the value of `accept`.
    File(&'static str),
    /// One file or several.
    Files(&'static str),
    /// One of a list, folded.
    Select(Vec<Choice>),
    /// One of a few, open.
    Radios(Vec<Choice>),
    /// Any of a few, open.
    Checks(Vec<Choice>),
}

/// One answer of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

impl Choice {
    /// A choice that is not chosen yet; [`Field::of`] chooses by the field's value.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), is_chosen: false }
    }
}

impl Field {
    /// A required field with its value, and its error if there is one.
    pub fn of(name: &str, label: impl Into<String>, kind: Kind, value: &str, errors: &Errors) -> Self {
        Self {
            name: name.to_owned(),
            label: label.into(),
            hint: None,
            value: value.to_owned(),
            error: errors.of(name),
            kind: chosen(kind, value),
            is_optional: false,
            is_required: false,
            autocomplete: None,
        }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, but it may stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.is_optional = true;
        self
    }

    /// The same; where it is needed the browser asks for it, else it may stay empty and says so.
    #[must_use]
    pub fn needed(mut self, is_needed: bool) -> Self {
        (self.is_required, self.is_optional) = (is_needed, !is_needed);
        self
    }

    /// The same with the browser's name for what belongs here.
    #[must_use]
    pub fn autocomplete(mut self, word: &'static str) -> Self {
        self.autocomplete = Some(word);
        self
    }

    /// The value of `type` for fields of one line; empty for the others.
    pub fn input_type(&self) -> &'static str {
        match self.kind {
            Kind::Text | Kind::Short | Kind::Number => "text",
            Kind::Password => "password",
            Kind::Date => "date",
            Kind::File(_) | Kind::Files(_) => "file",
            Kind::Lines | Kind::Select(_) | Kind::Radios(_) | Kind::Checks(_) => "",
        }
    }

    /// Whether only a few characters are expected.
    pub fn is_short(&self) -> bool {
        matches!(self.kind, Kind::Short | Kind::Number | Kind::Date)
    }

    /// Whether digits are expected.
    pub fn is_number(&self) -> bool {
        self.kind == Kind::Number
    }

    /// The ids that describe the field: its hint and its error.
    pub fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        [hint, error].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

fn chosen(kind: Kind, value: &str) -> Kind {
    let mark = |choices: Vec<Choice>| {
        choices
            .into_iter()
            .map(|choice| Choice { is_chosen: choice.is_chosen || choice.value == value, ..choice })
            .collect()
    };
    match kind {
        Kind::Select(choices) => Kind::Select(mark(choices)),
        Kind::Radios(choices) => Kind::Radios(mark(choices)),
        Kind::Checks(choices) => Kind::Checks(mark(choices)),
        other => other,
    }
}
