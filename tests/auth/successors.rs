//! Every trade of one token gives the same successor, so that a thief beside the owner is noticed.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{PASSWORD, SECRET, Server, sign, token_part};

const GRACE_SECONDS: i64 = 30;

fn claims(token: &str) -> Value {
    serde_json::from_str(&token_part(token, 1)).unwrap()
}

fn jti(token: &str) -> String {
    claims(token)["jti"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_second_trade_of_a_token_returns_the_same_bytes() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    server.advance_seconds(60);
    let first = server.refresh(&user.token).await;
    assert_ne!(jti(first.token()), jti(&user.token));
    server.advance_seconds(GRACE_SECONDS - 1);
    let second = server.refresh(&user.token).await;
    assert_eq!(second.token(), first.token());
    let cookie = server.post("/api/auth/refresh").cookie(&user.token);
    let cookie = cookie.send().await.cookie().unwrap().to_owned();
    assert!(cookie.contains(first.token()));
    assert!(cookie.contains("; Max-Age=604771;"), "{cookie}");
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_trades_of_a_token_return_one_successor() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let replies = join_all((0..20).map(|_| server.refresh(&user.token))).await;
    let successors: BTreeSet<String> = replies.iter().map(|reply| jti(reply.token())).collect();
    assert_eq!(successors.len(), 1);
}

#[tokio::test]
async fn tokens_of_two_users_have_different_successors_even_with_the_same_id() {
    let server = Server::start().await;
    let mut successors = BTreeSet::new();
    for email in ["a@example.com", "b@example.com"] {
        let user = server.sign_up(email).await;
        let mut same = claims(&user.token);
        same["jti"] = json!("token-1");
        let reply = server.refresh(&sign(&same, SECRET)).await;
        successors.insert(jti(reply.token()));
    }
    assert_eq!(successors.len(), 2);
}

/// Two trades at once may give two tokens with one id, of which one expires later.
#[tokio::test]
async fn a_trade_is_remembered_until_the_longest_lived_twin_expires() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let successor = server.refresh(&user.token).await.token().to_owned();
    let mut twin = claims(&successor);
    twin["exp"] = json!(twin["exp"].as_i64().unwrap() + GRACE_SECONDS);
    let twin = sign(&twin, SECRET);
    assert_eq!(server.me(&twin).await.status, 200);
    server.refresh(&successor).await;
    server.advance_seconds(604_800 + GRACE_SECONDS - 1);
    server
        .me(&successor)
        .await
        .assert_refused(401, "TokenExpired");
    server.me(&twin).await.assert_refused(401, "TokenRevoked");
}

/// A sequence of numbers that a seed decides (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bounded = (mixed ^ (mixed >> 31)) % sides as u64;
        usize::try_from(bounded).unwrap()
    }
}

/// One issued token, and its trade if there was one.
struct Issued {
    token: String,
    traded_at: Option<i64>,
    successor: Option<usize>,
}

impl Issued {
    fn new(token: &str) -> Self {
        Self {
            token: token.to_owned(),
            traded_at: None,
            successor: None,
        }
    }
}

/// One session, with the tokens that its owner and a thief have ever held, the latest at the end.
struct Session {
    issued: Vec<Issued>,
    held: [Vec<usize>; 2],
    has_ended: bool,
    shared_successors: usize,
}

const OWNER: usize = 0;
const THIEF: usize = 1;

impl Session {
    fn new(first: &str) -> Self {
        Self {
            issued: vec![Issued::new(first)],
            held: [vec![0], vec![]],
            has_ended: false,
            shared_successors: 0,
        }
    }

    fn steal(&mut self) {
        let latest = *self.held[OWNER].last().unwrap();
        self.held[THIEF].push(latest);
    }

    async fn use_token(&mut self, server: &Server, who: usize, held: usize, refreshes: bool) {
        let now = server.now_seconds();
        let issued = &self.issued[held];
        let is_reuse = issued
            .traded_at
            .is_some_and(|then| now - then >= GRACE_SECONDS);
        let reply = if refreshes {
            server.refresh(&issued.token).await
        } else {
            server.me(&issued.token).await
        };
        if self.has_ended || is_reuse {
            reply.assert_refused(401, "TokenRevoked");
            self.has_ended = true;
            return;
        }
        assert_eq!(reply.status, 200, "{}", reply.text);
        if refreshes {
            self.record_trade(who, held, now, reply.token());
        }
    }

    fn record_trade(&mut self, who: usize, held: usize, now: i64, token: &str) {
        let next = self.issued.len();
        let issued = &mut self.issued[held];
        issued.traded_at.get_or_insert(now);
        let successor = *issued.successor.get_or_insert(next);
        if successor == next {
            self.issued.push(Issued::new(token));
        } else {
            self.shared_successors += 1;
            assert_eq!(self.issued[successor].token, token);
        }
        self.held[who].push(successor);
    }

    fn assert_every_token_has_its_own_id(&self) {
        let ids = self.issued.iter().map(|issued| jti(&issued.token));
        assert_eq!(ids.collect::<BTreeSet<_>>().len(), self.issued.len());
    }
}

#[tokio::test]
async fn a_thief_beside_the_owner_holds_the_same_token_or_ends_the_session() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut dice = Dice(11);
    let (mut ended, mut shared_successors) = (0, 0);
    for _ in 0..40 {
        let login = server.log_in(&user.email, PASSWORD).await;
        let mut session = Session::new(login.token());
        for _ in 0..30 {
            server.advance_seconds([0, 0, 1, 14, 15, 29, 30, 300][dice.below(8)]);
            if dice.below(6) == 0 {
                session.steal();
            }
            let who = dice.below(2);
            let held = &session.held[who];
            if held.is_empty() {
                continue;
            }
            // Most uses are of the latest token.
            let back = [0, 0, 0, 0, 1, 2][dice.below(6)].min(held.len() - 1);
            let token = held[held.len() - 1 - back];
            let refreshes = dice.below(2) == 0;
            session.use_token(&server, who, token, refreshes).await;
        }
        session.assert_every_token_has_its_own_id();
        ended += usize::from(session.has_ended);
        shared_successors += session.shared_successors;

        // In the end the owner trades the latest token and the thief comes 30 seconds later.
        if !session.has_ended {
            session.steal();
            let stolen = *session.held[OWNER].last().unwrap();
            session.use_token(&server, OWNER, stolen, true).await;
            server.advance_seconds(GRACE_SECONDS);
            session.use_token(&server, THIEF, stolen, false).await;
            assert!(session.has_ended);
            let latest = *session.held[OWNER].last().unwrap();
            session.use_token(&server, OWNER, latest, false).await;
        }
    }
    assert!(
        ended > 5 && shared_successors > 5,
        "{ended} {shared_successors}"
    );
}
