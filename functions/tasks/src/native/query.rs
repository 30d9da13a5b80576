//! Reads the query parameters of a list.

use shared::{
    Error,
    http::{Request, cursor, page_size},
};

use crate::{
    due_date::DueDate,
    fields,
    filters::Filters,
    list_query::{ListQuery, Order},
    search::SearchText,
};

pub(super) fn read(request: &Request) -> Result<ListQuery, Error> {
    let mut form = request.query_form();
    let order = form
        .optional("sort", order)
        .unwrap_or(Order::Created { newest_first: true });
    let limit = page_size(&mut form);
    let cursor = cursor(&mut form);
    let instant = |text: &str| DueDate::parse(text).map(|due| due.instant());
    let filters = Filters {
        completed: form.optional("completed", flag),
        priority: form.optional("priority", fields::priority),
        tag: form.optional("tag", fields::tag),
        due_before: form.optional("due_before", instant),
        due_after: form.optional("due_after", instant),
        text: form.optional("q", SearchText::parse),
    };
    form.finish(Some(ListQuery {
        filters,
        order,
        limit,
        cursor,
    }))
}

fn order(text: &str) -> Result<Order, &'static str> {
    match text {
        "created_at" => Ok(Order::Created {
            newest_first: false,
        }),
        "-created_at" => Ok(Order::Created { newest_first: true }),
        "due_date" => Ok(Order::Due {
            latest_first: false,
        }),
        "-due_date" => Ok(Order::Due { latest_first: true }),
        _ => Err("Give one of created_at, -created_at, due_date and -due_date."),
    }
}

fn flag(text: &str) -> Result<bool, &'static str> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("Give true or false."),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use shared::http::{Response, StatusCode};

    use super::*;
    use crate::test_support::TestRequest;

    /// The name that a cursor is bound to, and the limit.
    fn read_back(query: &[(&str, &str)]) -> (u16, Value) {
        let request = TestRequest {
            query: query.to_vec(),
            ..TestRequest::default()
        };
        request.send(|_, request| {
            Box::pin(async {
                let query = read(request)?;
                let body =
                    json!({"name": query.name(), "limit": query.limit, "cursor": query.cursor});
                Response::json(StatusCode::OK, &body)
            })
        })
    }

    /// Parameters with values other than the defaults, each with one meaning.
    fn good() -> impl Strategy<Value = Vec<(&'static str, String)>> {
        let text = || prop_oneof!["[a-z\", )(]{1,8}", "\\PC{1,8}"];
        let due = || "2026-1[0-2]-[12][0-9]";
        (
            proptest::option::of("created_at|-?due_date"),
            proptest::option::of("true|false"),
            proptest::option::of("low|medium|high"),
            proptest::option::of(text()),
            proptest::option::of(due()),
            proptest::option::of(due()),
            // Case is not told apart in it, by design.
            proptest::option::of("[a-z\", )(]{1,8}"),
        )
            .prop_map(|(sort, completed, priority, tag, before, after, text)| {
                let names = [
                    "sort",
                    "completed",
                    "priority",
                    "tag",
                    "due_before",
                    "due_after",
                    "q",
                ];
                let values = [sort, completed, priority, tag, before, after, text];
                let there = names.into_iter().zip(values);
                there
                    .filter_map(|(name, value)| Some((name, value?)))
                    .collect()
            })
    }

    fn borrowed<'a>(query: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
        query
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect()
    }

    proptest! {
        #[test]
        fn different_queries_have_different_names(one in good(), other in good()) {
            let [(of_one, one_seen), (of_other, other_seen)] = [&one, &other].map(|it| read_back(&borrowed(it)));
            prop_assert_eq!((of_one, of_other), (200, 200));
            prop_assert_eq!(one_seen["name"] == other_seen["name"], one == other);
        }

        #[test]
        fn one_more_character_makes_another_name(
            query in good(),
            more in proptest::sample::select(vec!['"', '\\', ')', ',', ' ']),
        ) {
            let mut longer = query.clone();
            let tag = longer.iter_mut().find(|(name, _)| *name == "tag");
            prop_assume!(tag.is_some());
            tag.unwrap().1.push(more);
            let [name, longer] = [&query, &longer].map(|it| read_back(&borrowed(it)).1["name"].clone());
            prop_assert_ne!(name, longer);
        }

        #[test]
        fn limit_and_cursor_are_not_part_of_the_name(query in good(), limit in 1..=100_u8, cursor in ".{0,9}") {
            let limit_text = limit.to_string();
            let mut more = borrowed(&query);
            more.extend([("limit", &*limit_text), ("cursor", &*cursor)]);
            let (status, body) = read_back(&more);
            prop_assert_eq!(status, 200);
            prop_assert_eq!(&body["name"], &read_back(&borrowed(&query)).1["name"]);
            prop_assert_eq!((&body["limit"], &body["cursor"]), (&json!(limit), &json!(cursor)));
        }

        #[test]
        fn a_limit_has_one_spelling(text in "[+-]?0?[0-9]{0,3}|[１-９]| ?5|1e1|\\PC{0,3}") {
            let is_good = (1..=100).any(|limit: u8| limit.to_string() == text);
            prop_assert_eq!(read_back(&[("limit", &text)]).0 == 200, is_good);
        }

        #[test]
        fn exactly_the_bad_parameters_are_named(
            query in good(),
            bad in proptest::sample::subsequence(vec![
                ("limit", "0"), ("sort", "title"), ("completed", "yes"), ("priority", "LOW"),
                ("due_before", "soon"), ("tag", ""), ("q", ""), ("page", "1"),
            ], 1..=8),
        ) {
            let mut all = borrowed(&query);
            all.retain(|(name, _)| bad.iter().all(|(wrong, _)| wrong != name));
            all.extend(&bad);
            let (status, body) = read_back(&all);
            prop_assert_eq!(status, 422);
            let mut named: Vec<&str> =
                body["detail"]["fields"].as_object().unwrap().keys().map(String::as_str).collect();
            let mut expected: Vec<&str> = bad.iter().map(|(name, _)| *name).collect();
            named.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(named, expected);
        }

        #[test]
        fn a_repeated_parameter_is_refused(query in good(), again in any::<proptest::sample::Index>()) {
            prop_assume!(!query.is_empty());
            let mut twice = borrowed(&query);
            let (name, value) = twice[again.index(twice.len())];
            twice.push((name, value));
            let (status, body) = read_back(&twice);
            prop_assert_eq!(status, 422);
            prop_assert!(body["detail"]["fields"][name].is_string());
        }
    }
}
