//! Selects the route of a request in the order that API Gateway documents for HTTP APIs: a full
//! match, then a greedy path variable, then `$default`.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html>

use std::cmp::Reverse;
use std::collections::BTreeMap;

use http::Method;
use matchit::{InsertError, Router};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::start_error::StartError;
use crate::template::{Function, RouteDeclaration};

const ANY: &str = "ANY";

/// The route table of the HTTP API.
#[derive(Debug, Clone, Default)]
pub struct Routes {
    by_method: BTreeMap<String, PathRouter>,
    /// The `ANY` routes, for methods that no route declares.
    other_methods: PathRouter,
    default: Option<Route>,
}

#[derive(Debug, Clone)]
struct Route {
    key: String,
    binary: String,
}

/// A route as the template declares it.
struct Declared<'a> {
    method: String,
    path: &'a str,
    route: Route,
}

/// The route of one request, in the terms of the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedRoute {
    pub binary: String,
    pub route_key: String,
    pub path_parameters: BTreeMap<String, String>,
}

impl Routes {
    /// # Errors
    /// When a path is not one that API Gateway accepts.
    pub fn new(functions: &[Function]) -> Result<Self, StartError> {
        let mut routes = Self::default();
        let mut declared = Vec::new();
        for function in functions {
            for declaration in &function.routes {
                match declaration {
                    RouteDeclaration::Default => {
                        routes
                            .default
                            .get_or_insert_with(|| Route::new("$default", function));
                    }
                    RouteDeclaration::Path { method, path } => {
                        declared.push(Declared::new(method, path, function));
                    }
                }
            }
        }
        for method in declared.iter().map(|route| &route.method) {
            if method != ANY && !routes.by_method.contains_key(method) {
                let paths = PathRouter::new(&declared, &[method, ANY])?;
                routes.by_method.insert(method.clone(), paths);
            }
        }
        routes.other_methods = PathRouter::new(&declared, &[ANY])?;
        Ok(routes)
    }

    /// Expects `path` as the client sent it. A decoded path would no longer tell an encoded slash
    /// from a separator.
    #[must_use]
    pub fn find(&self, method: &Method, path: &str) -> Option<MatchedRoute> {
        self.by_method
            .get(method.as_str())
            .unwrap_or(&self.other_methods)
            .find(&normalized(path))
            .or_else(|| {
                let route = self.default.as_ref()?;
                Some(route.matched(BTreeMap::new()))
            })
    }
}

impl<'a> Declared<'a> {
    fn new(method: &str, path: &'a str, function: &Function) -> Self {
        // SAM accepts lower case as well.
        let method = method.to_ascii_uppercase();
        Self {
            route: Route::new(&format!("{method} {path}"), function),
            method,
            path,
        }
    }
}

impl Route {
    fn new(key: &str, function: &Function) -> Self {
        Self {
            key: key.to_owned(),
            binary: function.binary.clone(),
        }
    }

    fn matched(&self, path_parameters: BTreeMap<String, String>) -> MatchedRoute {
        MatchedRoute {
            binary: self.binary.clone(),
            route_key: self.key.clone(),
            path_parameters,
        }
    }
}

/// The routes that one method can reach, by precedence. One `matchit` router cannot hold them all:
/// in version 0.8, `/pets/{id}` and `/pets/{*proxy}` conflict.
#[derive(Debug, Clone, Default)]
struct PathRouter(BTreeMap<Precedence, Router<Route>>);

/// Sorts before what it takes precedence over. Among greedy routes, the one with the most segments
/// before the greedy variable comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Precedence {
    FullMatch,
    Greedy { segments_before: Reverse<usize> },
}

impl PathRouter {
    /// Inserts the routes of the first method first, so that they win over the same path of the
    /// second.
    fn new(declared: &[Declared], methods: &[&str]) -> Result<Self, StartError> {
        let mut router = Self::default();
        for method in methods {
            for route in declared.iter().filter(|route| route.method == *method) {
                router.insert(route)?;
            }
        }
        Ok(router)
    }

    fn insert(&mut self, declared: &Declared) -> Result<(), StartError> {
        let (precedence, pattern) = pattern(declared.path);
        let router = self.0.entry(precedence).or_default();
        match router.insert(pattern, declared.route.clone()) {
            // A conflict means that an earlier route matches the same paths.
            Ok(()) | Err(InsertError::Conflict { .. }) => Ok(()),
            Err(error) => Err(StartError::new(format!(
                "template.yaml declares the route {}, which is not valid: {error}",
                declared.route.key
            ))),
        }
    }

    fn find(&self, path: &str) -> Option<MatchedRoute> {
        self.0.values().find_map(|router| {
            let found = router.at(path).ok()?;
            // `matchit` lets a variable match an empty segment. API Gateway does not.
            let is_empty = |value: &str| value.trim_matches('/').is_empty();
            if found.params.iter().any(|(_, value)| is_empty(value)) {
                return None;
            }
            let parameters = found
                .params
                .iter()
                .map(|(name, value)| (name.to_owned(), decoded(value)))
                .collect();
            Some(found.value.matched(parameters))
        })
    }
}

/// The path of a route in the syntax of `matchit`: `{name+}` becomes `{*name}`.
fn pattern(path: &str) -> (Precedence, String) {
    let mut precedence = Precedence::FullMatch;
    let segments = path.trim_start_matches('/').split('/').enumerate();
    let segments = segments.map(|(index, segment)| {
        let variable = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match variable.map(|name| (name, name.strip_suffix('+'))) {
            None => encoded(segment),
            Some((name, None)) => format!("{{{name}}}"),
            Some((_, Some(name))) => {
                precedence = Precedence::Greedy {
                    segments_before: Reverse(index),
                };
                format!("{{*{name}}}")
            }
        }
    });
    let segments: Vec<String> = segments.collect();
    (precedence, format!("/{}", segments.join("/")))
}

/// The path of a request with one spelling for each character, so that it compares by bytes.
/// Each segment is decoded by itself and encoded again, which keeps an encoded slash encoded.
fn normalized(path: &str) -> String {
    let segments = path.trim_start_matches('/').split('/');
    let segments: Vec<String> = segments.map(|segment| encoded(&decoded(segment))).collect();
    format!("/{}", segments.join("/"))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Also encodes braces, which have a meaning in the syntax of `matchit`.
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(method: &str, path: &str) -> RouteDeclaration {
        RouteDeclaration::Path {
            method: method.into(),
            path: path.into(),
        }
    }

    fn function(binary: &str, routes: Vec<RouteDeclaration>) -> Function {
        Function {
            logical_id: binary.into(),
            binary: binary.into(),
            routes,
            stream: None,
        }
    }

    fn routes() -> Routes {
        let pets = vec![
            path("GET", "/pets/dog/1"),
            path("GET", "/pets/dog/{id}"),
            path("GET", "/pets/{proxy+}"),
            path("ANY", "/pets/dog/{id}"),
            path("any", "/{proxy+}"),
            path("POST", "/owners/{owner}/pets/{id}"),
        ];
        let rest = function("rest", vec![RouteDeclaration::Default]);
        Routes::new(&[rest, function("pets", pets)]).unwrap()
    }

    fn found_in(routes: &Routes, method: &Method, path: &str) -> (String, Vec<(String, String)>) {
        let matched = routes.find(method, path).unwrap();
        (
            matched.route_key,
            matched.path_parameters.into_iter().collect(),
        )
    }

    fn found(method: &Method, path: &str) -> (String, Vec<(String, String)>) {
        found_in(&routes(), method, path)
    }

    fn key(key: &str, parameters: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
        let owned = |(name, value): &(&str, &str)| ((*name).into(), (*value).into());
        (key.into(), parameters.iter().map(owned).collect())
    }

    #[test]
    fn the_most_specific_path_wins_then_the_method() {
        assert_eq!(
            found(&Method::GET, "/pets/dog/1"),
            key("GET /pets/dog/1", &[])
        );
        assert_eq!(
            found(&Method::GET, "/pets/dog/2"),
            key("GET /pets/dog/{id}", &[("id", "2")])
        );
        assert_eq!(
            found(&Method::PUT, "/pets/dog/1"),
            key("ANY /pets/dog/{id}", &[("id", "1")])
        );
        assert_eq!(
            found(&Method::GET, "/pets/cat/7/toys"),
            key("GET /pets/{proxy+}", &[("proxy", "cat/7/toys")])
        );
        assert_eq!(
            found(&Method::POST, "/pets/cat"),
            key("ANY /{proxy+}", &[("proxy", "pets/cat")])
        );
        assert_eq!(found(&Method::GET, "/"), key("$default", &[]));
    }

    #[test]
    fn a_full_match_wins_then_the_longest_path_before_a_greedy_variable() {
        let declared = vec![
            path("GET", "/pets/{proxy+}"),
            path("GET", "/{kind}/{id}/{rest+}"),
            path("ANY", "/pets/{id}"),
            path("ANY", "/{kind}/dog/toys"),
        ];
        let routes = Routes::new(&[function("pets", declared)]).unwrap();
        for (path, expected) in [
            ("/pets/7", key("ANY /pets/{id}", &[("id", "7")])),
            (
                "/pets/dog/toys",
                key("ANY /{kind}/dog/toys", &[("kind", "pets")]),
            ),
            (
                "/pets/dog/toys/1",
                key(
                    "GET /{kind}/{id}/{rest+}",
                    &[("id", "dog"), ("kind", "pets"), ("rest", "toys/1")],
                ),
            ),
            (
                "/pets/dog/",
                key("GET /pets/{proxy+}", &[("proxy", "dog/")]),
            ),
        ] {
            assert_eq!(found_in(&routes, &Method::GET, path), expected, "{path}");
        }
    }

    #[test]
    fn segments_are_decoded_one_by_one() {
        assert_eq!(
            found(&Method::POST, "/own%65rs/a%2Fb/pets/%C3%A9%FF"),
            key(
                "POST /owners/{owner}/pets/{id}",
                &[("id", "é\u{FFFD}"), ("owner", "a/b")]
            )
        );
        assert_eq!(
            found(&Method::GET, "/pets/dog/%252F"),
            key("GET /pets/dog/{id}", &[("id", "%2F")]),
            "decoded once"
        );
    }

    #[test]
    fn case_a_trailing_slash_and_an_empty_variable_make_another_path() {
        for path in [
            "/PETS/dog/1",
            "/pets/dog/1/",
            "/pets/dog/",
            "/owners//pets/1",
        ] {
            assert_eq!(found(&Method::POST, path).0, "ANY /{proxy+}", "{path}");
        }
    }

    #[test]
    fn braces_in_a_request_or_inside_a_segment_are_text() {
        let declared = vec![path("GET", "/{id}"), path("GET", "/v{1}")];
        let routes = Routes::new(&[function("a", declared)]).unwrap();
        assert_eq!(
            found_in(&routes, &Method::GET, "/v%7B1%7D"),
            key("GET /v{1}", &[])
        );
        assert_eq!(
            found_in(&routes, &Method::GET, "/{*x}"),
            key("GET /{id}", &[("id", "{*x}")])
        );
    }

    #[test]
    fn without_a_default_route_an_unknown_path_or_method_matches_nothing() {
        let routes = Routes::new(&[function("a", vec![path("POST", "/a")])]).unwrap();
        assert_eq!(routes.find(&Method::POST, "/b"), None);
        assert_eq!(routes.find(&Method::GET, "/a"), None);
        assert!(routes.find(&Method::POST, "/a").is_some());
    }

    #[test]
    fn a_route_that_api_gateway_would_reject_is_an_error() {
        for invalid in ["/{proxy+}/a", "/{}", "/a/{+}"] {
            let declared = vec![path("GET", invalid)];
            let error = Routes::new(&[function("a", declared)]).unwrap_err();
            let expected = format!("template.yaml declares the route GET {invalid}, ");
            assert!(error.to_string().starts_with(&expected), "{error}");
        }
    }
}
