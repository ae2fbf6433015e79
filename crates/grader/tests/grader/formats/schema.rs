//! As much of JSON Schema as the schemas here need.

use serde_json::Value;

/// What is wrong with `value`, each with its place.
pub fn problems(schema: &Value, value: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    look(schema, value, "$", &mut problems);
    problems
}

fn look(schema: &Value, value: &Value, place: &str, problems: &mut Vec<String>) {
    let mut claim = |holds: bool, what: &str| {
        if !holds {
            problems.push(format!("{place}: {what}"));
        }
    };
    for (keyword, rule) in schema.as_object().into_iter().flatten() {
        match keyword.as_str() {
            "type" => claim(is_of_type(value, rule.as_str().unwrap_or_default()), "its type"),
            "enum" => claim(rule.as_array().is_some_and(|a| a.contains(value)), "not in enum"),
            "minLength" => claim(length(value) >= rule.as_u64(), "too short"),
            "maxLength" => claim(length(value) <= rule.as_u64(), "too long"),
            "minimum" => claim(value.as_f64() >= rule.as_f64(), "too small"),
            "pattern" => claim(matches(value, rule.as_str().unwrap_or_default()), "its pattern"),
            "required" => {
                for name in rule.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    claim(value.get(name).is_some(), &format!("no `{name}`"));
                }
            }
            "additionalProperties" => {
                let known = |name: &str| schema["properties"].get(name).is_some();
                for name in value.as_object().into_iter().flatten().map(|(name, _)| name) {
                    claim(known(name), &format!("`{name}` is not expected"));
                }
            }
            "properties" | "items" => {}
            other => claim(false, &format!("the schema's `{other}` isn't known here")),
        }
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        if let Some(schema) = schema["properties"].get(name) {
            look(schema, member, &format!("{place}.{name}"), problems);
        }
    }
    if let Some(schema) = schema.get("items") {
        for (at, item) in value.as_array().into_iter().flatten().enumerate() {
            look(schema, item, &format!("{place}[{at}]"), problems);
        }
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        _ => false,
    }
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().and_then(|text| u64::try_from(text.chars().count()).ok())
}

/// The two patterns there are: a beginning, and a time in UTC.
fn matches(value: &Value, pattern: &str) -> bool {
    let text = value.as_str().unwrap_or_default();
    if pattern.ends_with("Z$") {
        let digits = text.replace(|c: char| c.is_ascii_digit(), "0");
        return digits == "0000-00-00T00:00:00Z";
    }
    pattern.strip_prefix('^').is_some_and(|start| text.starts_with(start))
}

#[test]
fn what_breaks_a_rule_is_found() {
    let schema = serde_json::json!({
        "type": "object", "additionalProperties": false, "required": ["a"],
        "properties": { "a": { "type": "array", "items": { "type": "integer", "minimum": 0 } } },
    });
    for (value, count) in [
        (serde_json::json!({ "a": [1, 2] }), 0),
        (serde_json::json!({ "a": [1, -2, 0.5, "3"] }), 4),
        (serde_json::json!({ "b": [] }), 2),
        (serde_json::json!([]), 2),
    ] {
        let found = problems(&schema, &value);
        assert_eq!(found.len(), count, "{found:?}");
    }
}
