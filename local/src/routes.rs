//! Which function answers a path, by the rule of API Gateway's HTTP APIs.

use std::collections::BTreeMap;

use http::Method;
use percent_encoding::percent_decode_str;

use crate::template::{RouteDeclaration, Template};

#[derive(Debug, Clone)]
pub struct Routes(Vec<Route>);

#[derive(Debug, Clone)]
struct Route {
    method: String,
    pattern: Pattern,
    key: String,
    binary: String,
}

#[derive(Debug, Clone)]
enum Pattern {
    Segments(Vec<Segment>),
    Default,
}

/// In order of precedence: a literal beats a variable, a variable beats the rest of the path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Literal(String),
    Variable(String),
    Rest(String),
}

/// Where a request goes, in the terms of the event it will become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    pub binary: String,
    pub route_key: String,
    pub path_parameters: BTreeMap<String, String>,
}

impl Routes {
    #[must_use]
    pub fn new(template: &Template) -> Self {
        let of_function = |function: &crate::template::Function| {
            let binary = function.binary.clone();
            let routes = function.routes.clone().into_iter();
            routes.map(move |declaration| Route::new(&declaration, binary.clone()))
        };
        Self(template.functions.iter().flat_map(of_function).collect())
    }

    /// `path` as the client sent it, still percent-encoded: an encoded slash separates nothing.
    #[must_use]
    pub fn find(&self, method: &Method, path: &str) -> Option<Destination> {
        let segments: Vec<String> = path
            .trim_start_matches('/')
            .split('/')
            .map(decoded)
            .collect();
        let answering = self.0.iter().filter_map(|route| {
            let parameters = route.answers(method, &segments)?;
            Some((route.rank(), route, parameters))
        });
        let (_, route, path_parameters) = answering.min_by(|one, other| one.0.cmp(&other.0))?;
        Some(Destination {
            binary: route.binary.clone(),
            route_key: route.key.clone(),
            path_parameters,
        })
    }
}

impl Route {
    fn new(declaration: &RouteDeclaration, binary: String) -> Self {
        match declaration {
            RouteDeclaration::Default => Self {
                method: "ANY".to_owned(),
                pattern: Pattern::Default,
                key: "$default".to_owned(),
                binary,
            },
            RouteDeclaration::Path { method, path } => {
                // SAM accepts `any` and `get` as well.
                let method = method.to_ascii_uppercase();
                let segments = path.trim_start_matches('/').split('/').map(Segment::parse);
                Self {
                    pattern: Pattern::Segments(segments.collect()),
                    key: format!("{method} {path}"),
                    method,
                    binary,
                }
            }
        }
    }

    fn answers(&self, method: &Method, path: &[String]) -> Option<BTreeMap<String, String>> {
        if !self.takes_any_method() && self.method != method.as_str() {
            return None;
        }
        match &self.pattern {
            Pattern::Default => Some(BTreeMap::new()),
            Pattern::Segments(segments) => bind(segments, path),
        }
    }

    fn takes_any_method(&self) -> bool {
        self.method == "ANY"
    }

    fn rank(&self) -> impl Ord {
        let shape = match &self.pattern {
            Pattern::Segments(segments) => segments.iter().map(Segment::rank).collect(),
            Pattern::Default => vec![u8::MAX],
        };
        (shape, self.takes_any_method())
    }
}

impl Segment {
    fn parse(text: &str) -> Self {
        match text
            .strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'))
        {
            None => Self::Literal(text.to_owned()),
            Some(name) => match name.strip_suffix('+') {
                None => Self::Variable(name.to_owned()),
                Some(name) => Self::Rest(name.to_owned()),
            },
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Literal(_) => 0,
            Self::Variable(_) => 1,
            Self::Rest(_) => 2,
        }
    }
}

fn bind(segments: &[Segment], path: &[String]) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    let mut left = path;
    for segment in segments {
        if let Segment::Rest(name) = segment {
            let something = left.iter().any(|part| !part.is_empty());
            parameters.insert(name.clone(), left.join("/"));
            return something.then_some(parameters);
        }
        let (first, others) = left.split_first()?;
        match segment {
            Segment::Literal(literal) if literal == first => {}
            Segment::Variable(name) if !first.is_empty() => {
                parameters.insert(name.clone(), first.clone());
            }
            _ => return None,
        }
        left = others;
    }
    left.is_empty().then_some(parameters)
}

fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> Routes {
        let declared = [
            ("GET", "/pets/dog/1"),
            ("GET", "/pets/dog/{id}"),
            ("GET", "/pets/{proxy+}"),
            ("ANY", "/pets/dog/{id}"),
            ("any", "/{proxy+}"),
            ("POST", "/owners/{owner}/pets/{id}"),
        ];
        let mut routes: Vec<Route> = declared
            .map(|(method, path)| {
                let declaration = RouteDeclaration::Path {
                    method: method.into(),
                    path: path.into(),
                };
                Route::new(&declaration, "pets".into())
            })
            .into();
        routes.insert(0, Route::new(&RouteDeclaration::Default, "rest".into()));
        Routes(routes)
    }

    fn found(method: &Method, path: &str) -> (String, Vec<(String, String)>) {
        let destination = routes().find(method, path).unwrap();
        (
            destination.route_key,
            destination.path_parameters.into_iter().collect(),
        )
    }

    fn key(key: &str, parameters: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
        let own = |(name, value): &(&str, &str)| ((*name).into(), (*value).into());
        (key.into(), parameters.iter().map(own).collect())
    }

    #[test]
    fn the_most_particular_path_wins_and_then_the_method() {
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
    fn segments_are_decoded_one_by_one() {
        assert_eq!(
            found(&Method::POST, "/own%65rs/a%2Fb/pets/%C3%A9%FF"),
            key(
                "POST /owners/{owner}/pets/{id}",
                &[("id", "é\u{FFFD}"), ("owner", "a/b")]
            )
        );
    }

    #[test]
    fn neither_another_case_nor_an_outer_slash_nor_an_empty_variable_is_the_same_path() {
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
    fn without_a_default_route_the_rest_goes_nowhere() {
        let routes = Routes(vec![Route::new(
            &RouteDeclaration::Path {
                method: "POST".into(),
                path: "/a".into(),
            },
            "a".into(),
        )]);
        assert_eq!(routes.find(&Method::POST, "/b"), None);
        assert_eq!(routes.find(&Method::GET, "/a"), None);
        assert!(routes.find(&Method::POST, "/a").is_some());
    }
}
