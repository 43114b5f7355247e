//! What an archive wants to know of a file: the core and the custom properties of a Word document.

use super::{HEAD, escaped};

/// What a file says of itself, for whoever files it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    /// Whose paper it is (形成单位).
    pub creator: String,
    /// Its number (文号).
    pub number: String,
    /// Its day, as 2024-03-08; empty for none.
    pub created_on: String,
    /// What else there is, by name.
    pub others: Vec<(String, String)>,
}

/// The two parts of the package: core and custom properties.
pub(super) fn parts(title: &str, properties: &Properties) -> (String, String) {
    let mut core = format!(
        r#"{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">"#
    );
    let whole_title = title.replace('\n', "");
    for (name, value) in
        [("dc:title", &whole_title), ("dc:creator", &properties.creator), ("dc:identifier", &properties.number)]
    {
        if !value.is_empty() {
            core.push_str(&format!("<{name}>{}</{name}>", escaped(value)));
        }
    }
    if !properties.created_on.is_empty() {
        let day = escaped(&properties.created_on);
        core.push_str(&format!(r#"<dcterms:created xsi:type="dcterms:W3CDTF">{day}T00:00:00Z</dcterms:created>"#));
    }
    let mut custom = format!(
        r#"{HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">"#
    );
    for ((name, value), id) in properties.others.iter().zip(2..) {
        let (name, value) = (escaped(name).replace('"', "&quot;"), escaped(value));
        custom.push_str(&format!(
            r#"<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{id}" name="{name}"><vt:lpwstr>{value}</vt:lpwstr></property>"#
        ));
    }
    (core + "</cp:coreProperties>", custom + "</Properties>")
}
