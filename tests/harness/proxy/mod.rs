//! An HTTP proxy in front of the embedded database that breaks what it is told to break.

mod batch;
mod breakage;
mod store_call;

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use local::listen;
use tokio::net::TcpStream;

use batch::Parted;
use breakage::Told;
use store_call::StoreCall;

pub use breakage::Breakage;

/// What is to go wrong with one call, and where.
#[derive(Clone, Debug)]
pub struct Plan {
    pub breakage: Breakage,
    pub persistence: Persistence,
    /// By name, in their order; those that run side by side arrive in any.
    pub store_calls: Vec<String>,
    pub place: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// The first request of that store call, and no more of its repeats than that brings about.
    Once,
    /// Every request of that store call and of those behind it.
    Lasting,
    /// Every request of that store call, and no other.
    Alone,
}

#[derive(Clone, Debug)]
pub struct Proxy {
    pub address: SocketAddr,
    database: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    plan: Option<Plan>,
    /// Every store call since the plan was made.
    seen: Vec<Seen>,
    broken: usize,
    under_way: usize,
}

#[derive(Debug)]
struct Seen {
    id: String,
    name: String,
    requests: usize,
}

/// What a request meets, and the how-manieth of its store call it is.
struct Met {
    breakage: Breakage,
    number: usize,
}

impl Proxy {
    pub async fn before(database: SocketAddr) -> Self {
        let listener = listen::on_loopback(0, "--database-port").await.unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            database,
            client: Client::builder(TokioExecutor::new()).build_http(),
            state: Arc::default(),
        };
        let accepting = proxy.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(accepting.clone().serve(stream));
            }
        });
        proxy
    }

    pub fn follow(&self, plan: Plan) {
        self.heal();
        self.state.lock().unwrap().plan = Some(plan);
    }

    pub fn heal(&self) {
        let mut state = self.state.lock().unwrap();
        state.plan = None;
        state.seen.clear();
        state.broken = 0;
    }

    /// The names of the store calls since, without their repeats.
    pub fn store_calls(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        state.seen.iter().map(|seen| seen.name.clone()).collect()
    }

    /// How many requests met what was planned.
    pub fn broken(&self) -> usize {
        self.state.lock().unwrap().broken
    }

    /// Until whatever was passed on has had its effect.
    pub async fn has_come_to_rest(&self) {
        while self.state.lock().unwrap().under_way > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    async fn serve(self, stream: TcpStream) {
        let answer = service_fn(|request| self.answer(request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
        // It ends by an error whenever a breakage or a time-out ends it.
        drop(connection.await);
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Told>, io::Error> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let call = StoreCall::read(&head.headers, &body);
        let Some(Met { breakage, number }) = self.note(&call) else {
            let (head, answer) = self.pass_on(head, body).await.into_parts();
            return Ok(Response::from_parts(head, Told::whole(answer)));
        };
        if breakage == Breakage::HandedBack {
            return Ok(self.pass_on_in_part(head, &body).await);
        }
        if let Some(refusal) = breakage.refusal(&call, &body, number) {
            return Ok(refusal);
        }
        let without_an_answer = io::Error::other("the connection ends without an answer");
        if !breakage.has_an_effect(number) {
            return match breakage {
                Breakage::Unheard => std::future::pending().await,
                _ => Err(without_an_answer),
            };
        }
        let (head, answer) = self.pass_on(head, body).await.into_parts();
        let told = match breakage {
            Breakage::Truncated => Told::cut_off(answer),
            Breakage::Slow => Told::by_the_byte(&answer),
            Breakage::InProgress => return Err(without_an_answer),
            _ => return std::future::pending().await,
        };
        Ok(Response::from_parts(head, told))
    }

    fn note(&self, call: &StoreCall) -> Option<Met> {
        let mut state = self.state.lock().unwrap();
        let known = state.seen.iter().position(|seen| seen.id == call.id);
        let known = known.unwrap_or_else(|| {
            let name = first_free(&call.name, &state.seen);
            state.seen.push(Seen {
                id: call.id.clone(),
                name,
                requests: 0,
            });
            state.seen.len() - 1
        });
        let seen = &mut state.seen[known];
        let (name, number) = (seen.name.clone(), seen.requests);
        seen.requests += 1;
        let plan = state.plan.as_ref()?;
        let place = plan.store_calls.iter().position(|it| *it == name);
        let breakage = plan.breakage;
        let is_met = match plan.persistence {
            Persistence::Once => number < breakage.spoils() && place == Some(plan.place),
            Persistence::Alone => place == Some(plan.place),
            // What no whole call makes is made because something broke before it.
            Persistence::Lasting => place.is_none_or(|place| place >= plan.place),
        };
        // A fault that cannot be at this store call leaves it alone.
        if !is_met || !breakage.can_meet(&name) {
            return None;
        }
        state.broken += 1;
        Some(Met { breakage, number })
    }

    async fn pass_on_in_part(&self, mut head: http::request::Parts, body: &[u8]) -> Response<Told> {
        let Parted { done, handed_back } = batch::part(body);
        let answered = match done {
            None => None,
            Some(done) => {
                head.headers.remove(header::CONTENT_LENGTH);
                Some(self.pass_on(head, done.to_string().into()).await)
            }
        };
        let done = answered.as_ref().map(|answer| answer.body().as_ref());
        let answer = batch::answer(done, &handed_back).to_string();
        Response::new(Told::whole(answer.into()))
    }

    /// To its end, though the caller may have given up.
    async fn pass_on(&self, head: http::request::Parts, body: Bytes) -> Response<Bytes> {
        self.state.lock().unwrap().under_way += 1;
        let proxy = self.clone();
        let passing = tokio::spawn(async move {
            let mut request = Request::from_parts(head, Full::new(body));
            let path = request.uri().path().to_owned();
            let uri: Uri = format!("http://{}{path}", proxy.database).parse().unwrap();
            let host = HeaderValue::try_from(proxy.database.to_string()).unwrap();
            *request.uri_mut() = uri;
            request.headers_mut().insert(header::HOST, host);
            let (mut head, body) = proxy.client.request(request).await.unwrap().into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            proxy.state.lock().unwrap().under_way -= 1;
            // Of the body that is told, which may be another.
            head.headers.remove(header::CONTENT_LENGTH);
            head.headers.remove(header::TRANSFER_ENCODING);
            Response::from_parts(head, body)
        });
        passing.await.unwrap()
    }
}

/// The same kind of store call may be made more than once.
fn first_free(name: &str, seen: &[Seen]) -> String {
    let is_taken = |name: &str| seen.iter().any(|seen| seen.name == name);
    let mut number = 1;
    let mut free = name.to_owned();
    while is_taken(&free) {
        number += 1;
        free = format!("{name} ({number})");
    }
    free
}
