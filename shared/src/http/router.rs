//! Routes: the handler of each method and path, and its dialect.

use std::fmt;

use http::Method;
use lambda_http::BoxFuture;

use super::{Request, Response};
use crate::{App, Context, Error, Timestamp};

/// The documented one first.
const ACCOUNT_PREFIXES: [&str; 2] = ["/api/auth", "/api/v1/auth"];

pub type Handler = for<'a> fn(Context<'a>, &'a Request) -> BoxFuture<'a, Result<Response, Error>>;

/// Writes the errors of a route.
#[derive(Clone, Copy)]
pub struct Dialect {
    pub error_response: fn(error: &Error, request_id: &str, now: Timestamp) -> Response,
}

#[derive(Clone)]
struct Route {
    method: Method,
    handler: Handler,
}

/// The routes of one path.
#[derive(Clone)]
pub(super) struct PathRoutes {
    /// Of the account calls, the documented one.
    pub(super) path: String,
    pub(super) dialect: Dialect,
    routes: Vec<Route>,
}

/// The routes of one function.
#[derive(Clone)]
pub struct Router {
    /// The account calls, without their prefix: an insertion for each prefix takes 0.3 % of a start.
    account_paths: matchit::Router<PathRoutes>,
    paths: matchit::Router<PathRoutes>,
    /// Answers unknown paths, too.
    dialect: Dialect,
    hashes: bool,
}

/// A path that was found, with its parameters.
pub(super) struct Match<'a> {
    pub(super) routes: &'a PathRoutes,
    pub(super) parameters: Vec<(String, String)>,
}

impl Router {
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self {
            account_paths: matchit::Router::new(),
            paths: matchit::Router::new(),
            dialect,
            hashes: false,
        }
    }

    /// Every path of the account calls exists with both prefixes.
    #[must_use]
    pub fn auth(mut self, path: &str, routes: &[(Method, Handler)]) -> Self {
        let documented = format!("{}{path}", ACCOUNT_PREFIXES[0]);
        let path_routes = self.path_routes(documented, routes);
        let inserted = self.account_paths.insert(path, path_routes);
        debug_assert!(inserted.is_ok(), "{path} is there already");
        self
    }

    /// `{name}` stands for any one segment. The handler reads it by its name.
    #[must_use]
    pub fn path(mut self, path: &str, routes: &[(Method, Handler)]) -> Self {
        let path_routes = self.path_routes(path.to_owned(), routes);
        let inserted = self.paths.insert(path, path_routes);
        debug_assert!(inserted.is_ok(), "{path} is there already");
        self
    }

    fn path_routes(&self, path: String, routes: &[(Method, Handler)]) -> PathRoutes {
        PathRoutes {
            path,
            dialect: self.dialect,
            routes: routes
                .iter()
                .map(|(method, handler)| Route {
                    method: method.clone(),
                    handler: *handler,
                })
                .collect(),
        }
    }

    /// Every call hashes a password, so its memory is allocated before the first one.
    #[must_use]
    pub fn that_hashes(mut self) -> Self {
        self.hashes = true;
        self
    }

    pub(super) fn prepare(&self, app: &App) {
        if self.hashes {
            app.hasher.prepare();
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(super) fn find(&self, path: &str) -> Option<Match<'_>> {
        let account_call = ACCOUNT_PREFIXES
            .iter()
            .find_map(|prefix| path.strip_prefix(prefix))
            .and_then(|rest| self.account_paths.at(rest).ok());
        let found = account_call.or_else(|| self.paths.at(path).ok())?;
        // `matchit` lets a variable match an empty segment. The gateway does not.
        if found.params.iter().any(|(_, value)| value.is_empty()) {
            return None;
        }
        let parameters = found.params.iter();
        Some(Match {
            routes: found.value,
            parameters: parameters
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        })
    }
}

impl PathRoutes {
    /// HEAD is GET without the body (RFC 9110, 9.3.2).
    pub(super) fn handler(&self, method: &Method) -> Option<Handler> {
        let method = if *method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        self.routes
            .iter()
            .find(|route| route.method == *method)
            .map(|route| route.handler)
    }

    /// The value of `Allow`.
    pub(super) fn allowed_methods(&self) -> String {
        let has_get = self.routes.iter().any(|route| route.method == Method::GET);
        self.routes
            .iter()
            .map(|route| route.method.as_str())
            .chain(has_get.then_some("HEAD"))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl fmt::Debug for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dialect")
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router")
            .field("hashes", &self.hashes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::NATIVE;

    #[test]
    fn a_variable_is_one_segment_and_never_empty() {
        let router = Router::new(NATIVE)
            .path("/api/{user_id}/tasks", &[])
            .path("/api/{user_id}/tasks/{id}", &[]);
        for path in ["/api/a/tasks", "/api/a/tasks/b"] {
            assert!(router.find(path).is_some(), "{path}");
        }
        for path in ["/api/auth/tasks", "/api/v1/tasks"] {
            assert!(
                router.find(path).is_some(),
                "{path}: a user may be named so"
            );
        }
        for path in [
            "/api//tasks",
            "/api//tasks/b",
            "/api/a/tasks/",
            "/api/a/b/tasks",
        ] {
            assert!(router.find(path).is_none(), "{path}");
        }
    }

    #[test]
    fn an_account_call_has_both_prefixes_and_no_other() {
        let router = Router::new(NATIVE)
            .auth("/me", &[])
            .auth("/me/sessions/{id}", &[]);
        for path in ["/api/auth/me", "/api/v1/auth/me"] {
            assert_eq!(router.find(path).unwrap().routes.path, "/api/auth/me");
        }
        let found = router.find("/api/v1/auth/me/sessions/7").unwrap();
        assert_eq!(found.parameters, [("id".to_owned(), "7".to_owned())]);
        for path in [
            "/me",
            "/api/me",
            "/api/authme",
            "/api/auth",
            "/api/auth/",
            "/api/auth//me",
            "/api/auth/me/",
            "/api/v2/auth/me",
            "/api/v1/me",
            "/api/auth/api/auth/me",
            "/api/auth/v1/auth/me",
            "/api/auth/me/sessions/",
            "/API/auth/me",
        ] {
            assert!(router.find(path).is_none(), "{path}");
        }
    }
}
