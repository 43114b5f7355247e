//! `/gallery`: every component in every state, to look at and to compare against.
//!
//! The examples stand in `templates/components/*/examples.html`, their values in `examples.rs`; the same feed the snapshot tests.

use askama::Template;
use axum::response::Response;

use crate::{
    chart::Chart,
    error::AppError,
    form::{Errors, Field},
    frame::Frame,
    hx,
    list::{ListQuery, ListingView},
    pieces::{Clause, Event, Explanation, Figure, Link, Notice, Progress, State, Tab},
};

mod examples;
#[cfg(test)]
mod tests;

/// `GET /gallery`.
pub async fn page(frame: Frame, query: ListQuery) -> Result<Response, AppError> {
    if query.export {
        return examples::workbook(&frame, &query);
    }
    let pieces = pieces(&frame, &query)?;
    hx::page(GalleryPage { frame: &frame, pieces: &pieces })
}

#[derive(Template)]
#[template(path = "gallery.html")]
struct GalleryPage<'a> {
    frame: &'a Frame,
    pieces: &'a [(&'static str, &'static str, String)],
}

/// Each component by name, with its examples as HTML.
fn pieces(frame: &Frame, query: &ListQuery) -> Result<Vec<(&'static str, &'static str, String)>, AppError> {
    Ok(vec![
        ("head", "页头", Heads { frame, crumbs: &examples::crumbs(), clause: &examples::clause() }.render()?),
        ("state", "状态词与标签", States { list: &examples::states() }.render()?),
        ("figure", "指标数字", Figures { frame, list: &examples::figures() }.render()?),
        ("listing", "列表", examples::listings(frame, query).render()?),
        ("explanation", "理由说明", Explanations { frame, list: &examples::explanations() }.render()?),
        ("chart", "图表", Charts { frame, list: &examples::charts(frame) }.render()?),
        ("field", "表单", fields(frame)?),
        ("progress", "进度", Tasks { frame, list: &examples::tasks() }.render()?),
        ("timeline", "时间线", Timelines { frame, list: &examples::events() }.render()?),
        ("notice", "提示", Notices { list: &examples::notices() }.render()?),
        ("tabs", "标签页", Tabs { list: &examples::tabs() }.render()?),
    ])
}

fn fields(frame: &Frame) -> Result<String, AppError> {
    let errors = examples::errors();
    Ok(Fields { frame, errors: &errors, list: &examples::fields(&errors) }.render()?)
}

#[derive(Template)]
#[template(path = "components/head/examples.html")]
struct Heads<'a> {
    frame: &'a Frame,
    crumbs: &'a [Link],
    clause: &'a Clause,
}

#[derive(Template)]
#[template(path = "components/state/examples.html")]
struct States<'a> {
    list: &'a [State],
}

#[derive(Template)]
#[template(path = "components/figure/examples.html")]
struct Figures<'a> {
    frame: &'a Frame,
    list: &'a [Figure],
}

#[derive(Template)]
#[template(path = "components/listing/examples.html")]
struct Listings<'a> {
    frame: &'a Frame,
    full: ListingView,
    filtered: ListingView,
    empty: ListingView,
}

#[derive(Template)]
#[template(path = "components/explanation/examples.html")]
struct Explanations<'a> {
    frame: &'a Frame,
    list: &'a [Explanation],
}

#[derive(Template)]
#[template(path = "components/chart/examples.html")]
struct Charts<'a> {
    frame: &'a Frame,
    list: &'a [Chart],
}

#[derive(Template)]
#[template(path = "components/field/examples.html")]
struct Fields<'a> {
    frame: &'a Frame,
    errors: &'a Errors,
    list: &'a [Field],
}

#[derive(Template)]
#[template(path = "components/progress/examples.html")]
struct Tasks<'a> {
    frame: &'a Frame,
    list: &'a [Progress],
}

#[derive(Template)]
#[template(path = "components/timeline/examples.html")]
struct Timelines<'a> {
    frame: &'a Frame,
    list: &'a [Event],
}

#[derive(Template)]
#[template(path = "components/notice/examples.html")]
struct Notices<'a> {
    list: &'a [Notice],
}

#[derive(Template)]
#[template(path = "components/tabs/examples.html")]
struct Tabs<'a> {
    list: &'a [Tab],
}
