//! Logs in: the limits, the account, the password, the new session.
//!
//! An unknown identifier, a wrong password and a suspended account make the same requests and one
//! hash, so that neither answer nor time tells them apart.

use futures_util::future::{OptionFuture, join, join3};
use shared::{
    Context, Error,
    account::{Account, AccountState, Comparison, Identifier, Password},
    audit::{Action, Subject},
    session::{Device, verify_password},
    store::{Attempt, FailuresOf, SessionRecord},
    token::IssuedToken,
};
use uuid::Uuid;

use crate::unverified::refuse_unverified;

pub(crate) struct Credentials {
    pub(crate) identifier: Identifier,
    pub(crate) password: Password,
    /// The browser, if an owner has logged in with it before.
    pub(crate) device: Option<Device>,
}

pub(crate) struct Login {
    pub(crate) account: Account,
    pub(crate) token: IssuedToken,
    pub(crate) device: Device,
}

pub(crate) async fn log_in(
    context: Context<'_>,
    credentials: &Credentials,
) -> Result<Login, Error> {
    let Credentials {
        identifier,
        password,
        device,
    } = credentials;
    let app = context.app;
    let begun = begin(context, identifier, device.as_ref()).await?;
    let Begun {
        attempt,
        found,
        device,
    } = begun;
    let stored = found.as_ref().map(|account| account.password_hash.as_str());
    let comparison = verify_password(app, &attempt, password, stored).await?;
    let audited_id = found.as_ref().and_then(audited_id);
    let account = match require_match(found, comparison) {
        Ok(account) => account,
        Err(refusal) => {
            audit_refusal(context, identifier, audited_id, &refusal).await?;
            return Err(refusal);
        }
    };

    if app.settings.require_verified_email() && !account.email_verified {
        // Boxed: only few logins need the large future.
        Box::pin(refuse_unverified(context, &account, &attempt)).await?;
    }

    let new_hash = match comparison {
        Comparison::OutdatedMatch => Some(app.hasher.hash(password, &app.entropy).await?),
        Comparison::Match | Comparison::Mismatch => None,
    };
    let token = app.tokens.open(&account, context.now(), &app.entropy)?;
    let session = context.session_record(&token.claims);
    record_success(context, &account, &session, &attempt, new_hash.as_deref()).await?;
    let device = device.map_or_else(|| Device::new(&account, &app.entropy), |it| Ok(it.clone()))?;
    Ok(Login {
        account,
        token,
        device,
    })
}

/// A counted attempt, and the account that it is for.
struct Begun<'a> {
    attempt: Attempt,
    found: Option<Account>,
    /// The device, if it is one of this account.
    device: Option<&'a Device>,
}

/// Counts the attempt and reads the account, in two round trips for known and unknown identifiers.
async fn begin<'a>(
    context: Context<'_>,
    identifier: &Identifier,
    device: Option<&'a Device>,
) -> Result<Begun<'a>, Error> {
    let app = context.app;
    let (limits, now) = (&app.settings.limits, context.now());
    let free = limits.login_free_failures;
    let of_device = device.map(|device| app.store.account(device.user_id));
    // Boxed: each future holds a whole request.
    let (counted, owner, of_device) = join3(
        Box::pin(context.count_by_address(&limits.login_per_address)),
        Box::pin(app.store.owner_of(identifier)),
        Box::pin(OptionFuture::from(of_device)),
    )
    .await;
    counted?;
    let owner = owner?;
    let of_device = of_device.transpose()?.flatten();
    if let Some((device, account)) = device.zip(of_device)
        && owner == Some(account.id)
        && device.is_of(&account)
    {
        let failures = FailuresOf::Device(device.id);
        return Ok(Begun {
            attempt: app.store.begin_attempt(&failures, free, now).await?,
            found: Some(account),
            device: Some(device),
        });
    }
    // No account has the random id. Reading it takes as long.
    let id = owner.map_or_else(|| app.entropy.uuid(), Ok)?;
    let failures = FailuresOf::Name(context.pseudonym(identifier));
    let (attempt, found) = join(
        app.store.begin_attempt(&failures, free, now),
        app.store.account(id),
    )
    .await;
    Ok(Begun {
        attempt: attempt?,
        found: found?,
        device: None,
    })
}

/// An account that is being deleted keeps no new entries.
fn audited_id(account: &Account) -> Option<Uuid> {
    match account.state() {
        AccountState::Active | AccountState::Suspended => Some(account.id),
        AccountState::BeingDeleted => None,
    }
}

fn require_match(found: Option<Account>, comparison: Comparison) -> Result<Account, Error> {
    let account = found.ok_or(Error::InvalidCredentials("no such account"))?;
    if comparison == Comparison::Mismatch {
        return Err(Error::InvalidCredentials("wrong password"));
    }
    match account.state() {
        AccountState::Active => Ok(account),
        AccountState::Suspended => Err(Error::InvalidCredentials("suspended account")),
        AccountState::BeingDeleted => Err(Error::InvalidCredentials("account being deleted")),
    }
}

/// Makes one write in every case, so that its time tells nothing.
async fn audit_refusal(
    context: Context<'_>,
    identifier: &Identifier,
    audited_id: Option<Uuid>,
    refusal: &Error,
) -> Result<(), Error> {
    let name = context.pseudonym(identifier);
    let subject = match audited_id {
        Some(id) => Subject::Account(id),
        None => Subject::Unknown { pseudonym: &name },
    };
    context
        .audit_failure(Action::Login, subject, refusal, async |entry| {
            let store = &context.app.store;
            store.record_refused_login(audited_id, entry).await
        })
        .await
}

/// The two requests run side by side: neither depends on the other.
async fn record_success(
    context: Context<'_>,
    account: &Account,
    session: &SessionRecord,
    attempt: &Attempt,
    new_hash: Option<&str>,
) -> Result<(), Error> {
    let store = &context.app.store;
    let record = context.audit(Action::Login, account.id, async |entry| {
        store
            .record_login(account.id, entry, session, attempt)
            .await
    });
    let upgrade = new_hash.map(|new_hash| store.upgrade_hash(account, new_hash));
    // Boxed: each future holds a whole request.
    let (recorded, upgraded) = join(Box::pin(record), Box::pin(OptionFuture::from(upgrade))).await;
    recorded?;
    upgraded.unwrap_or(Ok(()))
}
