//! The process dies between two store requests, or the response to one is lost.

use std::slice;

use super::{Session, end, end_others, ids};
use crate::harness::{ConnectionFault, PASSWORD, Server};

/// Each call about sessions makes two requests.
fn faults() -> impl Iterator<Item = ConnectionFault> {
    (0..2).flat_map(|n| {
        [
            ConnectionFault::ResponseLost(n),
            ConnectionFault::LostFrom(n),
            ConnectionFault::LostAfter(n),
        ]
    })
}

#[tokio::test]
async fn an_interrupted_end_of_a_session_is_done_or_not_and_a_repeat_finishes_it() {
    for fault in faults() {
        let server = Server::start().await;
        let user = server.sign_up("a@example.com").await;
        let other = Session::open(&server, &user).await;
        server.traffic.inject(fault);
        let reply = end(&server, &user.token, &other.id).await;
        server.traffic.reset();
        let listed = ids(&server, &user.token).await;
        let is_done = !listed.contains(&other.id);
        let is_alive = server.me(&other.token).await.status == 200;
        assert_eq!(is_alive, !is_done, "{fault:?}");
        if matches!(fault, ConnectionFault::ResponseLost(_)) {
            assert_eq!((reply.status, is_done), (200, true), "{fault:?}");
        } else {
            reply.assert_refused(503, "Unavailable");
        }
        let again = end(&server, &user.token, &other.id).await.status;
        assert_eq!(again, if is_done { 404 } else { 200 }, "{fault:?}");
        other.assert_dead(&server).await;
        // Sign-up, login, and one end.
        assert_eq!(server.log_keys().await.len(), 3, "{fault:?}");
    }
}

#[tokio::test]
async fn an_interrupted_end_of_all_others_is_done_or_not() {
    for fault in faults() {
        let server = Server::start().await;
        let user = server.sign_up("a@example.com").await;
        let other = Session::open(&server, &user).await;
        server.traffic.inject(fault);
        let reply = end_others(&server, &user.token).await;
        server.traffic.reset();
        let is_done = server.me(&other.token).await.status == 401;
        let is_old_alive = server.me(&user.token).await.status == 200;
        assert_eq!(is_old_alive, !is_done, "{fault:?}");
        if matches!(fault, ConnectionFault::ResponseLost(_)) {
            assert_eq!((reply.status, is_done), (200, true), "{fault:?}");
            let kept = Session::of(&reply);
            assert_eq!(ids(&server, &kept.token).await, [kept.id]);
        } else {
            reply.assert_refused(503, "Unavailable");
            let again = end_others(&server, &user.token).await.status;
            // The new token was lost with the answer: its owner logs in.
            assert_eq!(again, if is_done { 401 } else { 200 }, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_list_that_the_store_does_not_answer_is_503_and_an_answer_that_is_lost_is_asked_for_again()
 {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for n in 0..2 {
        server.traffic.inject(ConnectionFault::ResponseLost(n));
        assert_eq!(
            ids(&server, &user.token).await,
            slice::from_ref(&user.session_id)
        );
        server.traffic.inject(ConnectionFault::LostFrom(n));
        let reply = super::list(&server, &user.token).await;
        reply.assert_refused(503, "Unavailable");
    }
}

/// The last request of a login writes its log entry and its record.
#[tokio::test]
async fn a_login_whose_record_cannot_be_written_is_503_and_a_repeat_ends_well() {
    const LAST: usize = 4;
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    server.traffic.inject(ConnectionFault::LostFrom(LAST));
    let reply = server.log_in(&user.email, PASSWORD).await;
    reply.assert_refused(503, "Unavailable");
    assert_eq!(reply.cookie(), None);
    let sent = server.traffic.operations();
    assert_eq!(sent[LAST], "TransactWriteItems");
    server.traffic.reset();
    assert_eq!(
        ids(&server, &user.token).await,
        slice::from_ref(&user.session_id)
    );
    assert_eq!(server.log_keys().await.len(), 1);
    server.advance_seconds(1);
    let again = Session::open(&server, &user).await;
    assert_eq!(ids(&server, &user.token).await, [again.id, user.session_id]);
    assert_eq!(server.log_keys().await.len(), 2);
}
