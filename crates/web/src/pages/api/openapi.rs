//! `GET /api/openapi.json`: what other programs may ask, in OpenAPI 3.1.
//!
//! Written by hand beside the handlers, because their answers are the contract's and not whatever a type happens to be; the tester of
//! interfaces (`scripts/test-api`) holds every answer against it.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::{ROWS_MAX, ROWS_USUAL, RUN_CHARS_MIN};
use crate::{app::App, session::SESSION_COOKIE};

/// One address that can be asked.
struct Operation {
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    parameters: &'static [&'static str],
    answer: &'static str,
}

const PAGED: [&str; 2] = ["limit", "offset"];

const OPERATIONS: [Operation; 6] = [
    Operation { path: "/api/openapi.json", id: "describe", summary: "本文档", parameters: &[], answer: "Document" },
    Operation {
        path: "/api/runs", id: "listRuns", summary: "测算，最近的在前", parameters: &PAGED, answer: "Runs"
    },
    Operation {
        path: "/api/runs/{run}/indicators",
        id: "listIndicators",
        summary: "一次测算的全部指标",
        parameters: &["run", "limit", "offset"],
        answer: "Indicators",
    },
    Operation {
        path: "/api/runs/{run}/indicators/{code}",
        id: "explainIndicator",
        summary: "一个指标为何如此：条款、数值和计入的权利",
        parameters: &["run", "code"],
        answer: "Explanation",
    },
    Operation {
        path: "/api/runs/{run}/awards",
        id: "listAwards",
        summary: "一次测算中达到奖励条件的企业",
        parameters: &["run", "award-filter", "limit", "offset"],
        answer: "Awards",
    },
    Operation {
        path: "/api/verdicts/{run}/{award}/{subject}",
        id: "explainVerdict",
        summary: "一家企业在一项奖励下的结论和全部理由",
        parameters: &["run", "award", "subject"],
        answer: "Explanation",
    },
];

/// `GET /api/openapi.json`.
pub async fn page(State(app): State<App>) -> Json<Value> {
    Json(document(&app.settings.base_path))
}

/// The document for pages that are mounted under this path.
pub fn document(base_path: &str) -> Value {
    let paths: serde_json::Map<String, Value> =
        OPERATIONS.iter().map(|one| (one.path.to_owned(), json!({ "get": operation(one) }))).collect();
    let server = if base_path.is_empty() { "/" } else { base_path };
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "知强 Zhiqiang",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "测算结果的只读接口。登录后以会话 cookie 访问；看得到什么与网页相同。缺失的数值为 null，不是零；金额以分计。",
        },
        "servers": [{ "url": server }],
        "security": [{ "session": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "session": { "type": "apiKey", "in": "cookie", "name": SESSION_COOKIE } },
            "parameters": parameters(),
            "schemas": schemas(),
        },
    })
}

fn operation(one: &Operation) -> Value {
    let parameters: Vec<Value> =
        one.parameters.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") })).collect();
    let problem = |why: &str| {
        json!({
            "description": why,
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        })
    };
    let mut responses = json!({
        "200": {
            "description": one.summary,
            "content": {
                "application/json": { "schema": { "$ref": format!("#/components/schemas/{}", one.answer) } },
            },
        },
        "401": problem("没有登录，或会话已经结束"),
        "403": problem("当前账号没有这项权限"),
    });
    if one.parameters.iter().any(|name| ["run", "code", "award", "award-filter", "subject"].contains(name)) {
        responses["404"] = problem("没有这次测算、这个指标、奖励或企业");
    }
    // A path that is no text cannot be read, and a query may be wrong.
    if !one.parameters.is_empty() {
        responses["400"] = problem("地址不是合法的百分号编码");
        responses["422"] = problem("参数不能用，说明写了哪一个、应当怎样");
    }
    json!({ "operationId": one.id, "summary": one.summary, "parameters": parameters, "responses": responses })
}

fn parameters() -> Value {
    let text = |name: &str, place: &str, pattern: &str, example: &str, words: &str| {
        json!({
            "name": name, "in": place, "required": place == "path", "description": words,
            "schema": { "type": "string", "pattern": pattern }, "example": example,
        })
    };
    let number = |name: &str, most: usize, usual: usize, words: &str| {
        json!({
            "name": name, "in": "query", "required": false, "description": words,
            "schema": { "type": "integer", "minimum": 0, "maximum": most, "default": usual },
        })
    };
    const AWARD: &str = "^[a-z]{1,20}(-[a-z]{1,20}){0,3}$";
    json!({
        "run": text("run", "path", &format!("^(latest|[0-9a-f]{{{RUN_CHARS_MIN},64}})$"), "latest", "测算编号，或其开头，或 latest"),
        "code": text("code", "path", "^[A-Z]{1,3}[0-9]{1,3}$", "K01", "指标编号"),
        "award": text("award", "path", AWARD, "innovation-star", "奖励编号"),
        "award-filter": text("award", "query", AWARD, "innovation-star", "只要这一项奖励"),
        "subject": text("subject", "path", "^[0-9A-Z]{18}$", "91320621MA1MABCDEX", "统一社会信用代码"),
        "limit": number("limit", ROWS_MAX, ROWS_USUAL, "最多几行"),
        "offset": number("offset", i32::MAX as usize, 0, "跳过几行"),
    })
}

/// An object that has all of these members and no other.
fn object(members: &[(&str, Value)]) -> Value {
    let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
    let properties: serde_json::Map<String, Value> =
        members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "required": names, "properties": properties, "additionalProperties": false })
}

fn of(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn rows(name: &str) -> Value {
    object(&[("total", json!({ "type": "integer", "minimum": 0 })), ("rows", list(of(name)))])
}

fn schemas() -> Value {
    let text = || json!({ "type": "string" });
    let maybe = |kind: &str| json!({ "type": [kind, "null"] });
    let whole = || json!({ "type": "integer" });
    let texts = || list(json!({ "type": "string" }));
    let mut explanation = object(&[
        ("run", text()),
        ("code", text()),
        ("name", text()),
        ("clauses", list(of("Quotation"))),
        ("snapshot", text()),
        ("rules", texts()),
        ("indicator", of("Indicator")),
        ("figure", text()),
        ("waiting", of("Waiting")),
        ("rights", list(of("CountedRight"))),
        ("subjects", list(of("SubjectReasons"))),
    ]);
    explanation["required"] = json!(["run", "code", "name", "clauses", "snapshot", "rules"]);
    json!({
        "Document": { "type": "object", "required": ["openapi", "info", "paths"] },
        "Problem": object(&[("title", text()), ("status", whole()), ("detail", text())]),
        "Waiting": object(&[
            ("registers", list(object(&[("register", text()), ("name", text()), ("rows", whole())]))),
            ("may_change", json!({ "type": "boolean" })),
        ]),
        "Runs": rows("Run"),
        "Run": object(&[
            ("run", text()), ("policy", text()), ("as_of", json!({ "type": "string", "format": "date" })),
            ("known_at", text()), ("snapshot", text()),
            ("overrides", json!({ "type": "object", "additionalProperties": { "type": "string" } })),
            ("scope", text()), ("created_at", text()), ("created_by", text()),
            ("standing", json!({ "enum": ["open", "closing", "aside"] })),
        ]),
        "Indicators": rows("Indicator"),
        "Indicator": object(&[
            ("code", text()), ("name", text()), ("clauses", texts()), ("numerator", maybe("integer")),
            ("denominator", maybe("integer")), ("value", maybe("string")), ("operator", maybe("string")),
            ("target", maybe("string")), ("met", maybe("boolean")), ("reason", text()),
            ("by_region", list(object(&[("region", text()), ("numerator", whole())]))),
            ("bound", json!({ "enum": ["exact", "lower", "unknown"] })), ("upper", maybe("integer")), ("unit", text()),
            ("evidence_count", whole()), ("reading", text()),
        ]),
        "Awards": rows("Award"),
        "Award": object(&[
            ("award", text()), ("subject", text()), ("name", maybe("string")), ("level", whole()), ("clauses", texts()),
            ("facts", json!({ "type": "object", "additionalProperties": { "type": ["integer", "null"] } })),
            ("conditions", list(of("Condition"))), ("evidence", texts()), ("amount_fen", maybe("integer")),
            ("amount_reason", text()), ("assumed_amount_fen", maybe("integer")), ("level_name", text()),
        ]),
        "Condition": object(&[
            ("text", text()), ("actual", maybe("string")), ("required", text()), ("holds", maybe("boolean")),
            ("id", text()), ("clause", text()), ("unit", text()), ("distance", maybe("integer")), ("upper", maybe("integer")),
        ]),
        "Explanation": explanation,
        "Quotation": object(&[("id", text()), ("text", text())]),
        "CountedRight": object(&[
            ("right", text()), ("region", maybe("string")), ("subject", maybe("string")), ("amount", maybe("integer")),
        ]),
        "SubjectReasons": object(&[
            ("subject", text()), ("levels", list(of("LevelReasons"))),
            ("evidence", list(json!({ "type": "array", "items": { "type": "string" }, "minItems": 2, "maxItems": 2 }))),
        ]),
        "LevelReasons": object(&[
            ("level", whole()), ("holds", maybe("boolean")), ("conditions", list(of("ConditionReason"))),
        ]),
        "ConditionReason": object(&[
            ("text", text()), ("actual", maybe("integer")), ("upper", maybe("integer")), ("required", text()),
            ("unit", text()), ("clause", text()), ("holds", maybe("boolean")),
        ]),
    })
}
