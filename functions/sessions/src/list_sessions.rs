//! Lists the live sessions of the caller, the newest first.

use shared::{
    Context, Error, Timestamp,
    session::{Caller, Identity},
    store::SessionRecord,
    token::{Claims, SessionId},
};

/// Lambda answers with at most 6 MB. So many have under 2 MB, whatever their user agents hold.
const MOST_LISTED: usize = 1_000;

pub(crate) struct LiveSessions {
    pub(crate) sessions: Vec<SessionRecord>,
    pub(crate) current: SessionId,
}

/// Reads the records while loading the account. Errors of authentication win over those of `input`.
pub(crate) async fn list_sessions(
    context: Context<'_>,
    identity: Identity,
    input: Result<(), Error>,
) -> Result<LiveSessions, Error> {
    let (store, user_id) = (&context.app.store, identity.claims.user_id);
    // Boxed: the future holds a whole request.
    let records = Box::pin(async {
        input?;
        store.session_records(user_id).await
    });
    let (caller, mut sessions) = identity.authenticate_beside(context, records).await?;
    let Caller {
        account, claims, ..
    } = caller;

    let now = context.now();
    let max_age = context.app.settings.session_max_age_seconds;
    sessions.retain(|session| session.is_live(&account, max_age, now));
    if !sessions.iter().any(|session| is_of(session, &claims)) {
        sessions.push(from_claims(&claims));
    }
    SessionRecord::sort_newest_first(&mut sessions);
    keep_most(&mut sessions, &claims);
    Ok(LiveSessions {
        sessions,
        current: claims.session_id,
    })
}

fn is_of(session: &SessionRecord, claims: &Claims) -> bool {
    session.id == claims.session_id
}

/// A session has no record if another issuer opened it, or a version of ours that kept none. Its
/// next refresh writes one.
fn from_claims(claims: &Claims) -> SessionRecord {
    SessionRecord {
        id: claims.session_id.clone(),
        created_at: Timestamp::from_seconds(claims.auth_time),
        last_used_at: Timestamp::from_seconds(claims.issued_at),
        expires_at: claims.expires_at,
        ip: None,
        user_agent: None,
        session_generation: claims.generation.unwrap_or_default(),
    }
}

/// The newest, and in any case the session of this call.
fn keep_most(sessions: &mut Vec<SessionRecord>, claims: &Claims) {
    if let Some(current) = sessions.iter().position(|session| is_of(session, claims))
        && current >= MOST_LISTED
    {
        sessions.swap(current, MOST_LISTED - 1);
    }
    sessions.truncate(MOST_LISTED);
}
