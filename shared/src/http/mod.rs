//! HTTP, whatever the dialect: requests, routes, and the middleware around every handler.

mod auth;
mod body;
mod cors;
mod edge;
mod event;
mod form;
mod middleware;
mod paging;
mod request;
mod response;
mod router;
mod serve;

pub use auth::{
    authenticate, authenticate_change, identity_for_change, refuse_foreign_origin_without_bearer,
    require_path_of,
};
pub use cors::refuse_foreign_origin;
pub use event::{Event, EventResponse, answer_events};
pub use form::Form;
pub use middleware::service;
pub use paging::{Page, cursor, page_size};
pub use request::Request;
pub use response::Response;
pub use router::{Dialect, Handler, Router};
pub use serve::serve;

pub use http::Method;
pub use lambda_http::{
    Body, BoxFuture,
    http::{HeaderMap, StatusCode},
};
