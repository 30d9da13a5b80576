//! Which handler answers which method at which path.

use std::{convert::Infallible, fmt, sync::Arc};

use http::{Method, Response};
use lambda_http::{Body, BoxFuture};

use super::{Answer, Request, wrapper};
use crate::{App, Error};

pub type Handler = for<'a> fn(&'a App, &'a Request) -> BoxFuture<'a, Result<Answer, Error>>;

#[derive(Clone)]
pub(super) struct Route {
    method: Method,
    handler: Handler,
}

/// The paths of one function.
#[derive(Clone, Default)]
pub struct Endpoint {
    paths: Vec<(String, Vec<Route>)>,
    hashes: bool,
}

impl Endpoint {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every path of the account side exists with both prefixes.
    #[must_use]
    pub fn auth(self, path: &str, routes: &[(Method, Handler)]) -> Self {
        self.path(&format!("/api/auth{path}"), routes)
            .path(&format!("/api/v1/auth{path}"), routes)
    }

    /// A segment in braces stands for any one segment, which the handler asks for by its name.
    #[must_use]
    pub fn path(mut self, path: &str, routes: &[(Method, Handler)]) -> Self {
        let routes = routes
            .iter()
            .map(|(method, handler)| Route {
                method: method.clone(),
                handler: *handler,
            })
            .collect();
        self.paths.push((path.to_owned(), routes));
        self
    }

    /// Every call hashes a password: the memory for that is to be there before the first one.
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

    /// The handler of each path, for the local server and for Lambda alike. It never fails: the
    /// gateway would answer a failure with a body of its own.
    pub fn service(
        self,
        app: Arc<App>,
    ) -> impl Fn(lambda_http::Request) -> BoxFuture<'static, Result<Response<Body>, Infallible>>
    + Clone
    + Send
    + Sync
    + 'static {
        let endpoint = Arc::new(self);
        move |request| {
            let (app, endpoint) = (Arc::clone(&app), Arc::clone(&endpoint));
            Box::pin(async move { Ok(wrapper::answer(&app, &endpoint, request).await) })
        }
    }

    pub(super) fn find(&self, path: &str) -> Option<Found<'_>> {
        self.paths.iter().find_map(|(known, routes)| {
            let parameters = parameters(known, path)?;
            Some(Found {
                path: known,
                routes,
                parameters,
            })
        })
    }
}

pub(super) struct Found<'a> {
    pub(super) path: &'a str,
    pub(super) routes: &'a [Route],
    pub(super) parameters: Vec<(String, String)>,
}

/// None where the path is another one.
fn parameters(known: &str, path: &str) -> Option<Vec<(String, String)>> {
    let (mut expected, mut given) = (known.split('/'), path.split('/'));
    let mut parameters = Vec::new();
    loop {
        let (expected, given) = match (expected.next(), given.next()) {
            (None, None) => return Some(parameters),
            (Some(expected), Some(given)) => (expected, given),
            _ => return None,
        };
        let name = expected
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match name {
            Some(name) if !given.is_empty() => parameters.push((name.to_owned(), given.to_owned())),
            None if expected == given => {}
            _ => return None,
        }
    }
}

/// HEAD is GET without the body.
pub(super) fn handler_of(routes: &[Route], method: &Method) -> Option<Handler> {
    let method = if *method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    routes
        .iter()
        .find(|route| route.method == *method)
        .map(|route| route.handler)
}

pub(super) fn allowed_methods(routes: &[Route]) -> String {
    let has_get = routes.iter().any(|route| route.method == Method::GET);
    routes
        .iter()
        .map(|route| route.method.as_str())
        .chain(has_get.then_some("HEAD"))
        .collect::<Vec<_>>()
        .join(", ")
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.paths.iter().map(|(path, _)| path))
            .finish()
    }
}
