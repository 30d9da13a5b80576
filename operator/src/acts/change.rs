//! The frame of a command that changes one account: it reads it, asks, acts, and says what was done.

use shared::{
    Context,
    account::{Account, AccountState},
    audit::Trace,
};
use uuid::Uuid;

use crate::{
    arguments::User,
    ask::Question,
    failure::Failure,
    output::{Output, visible},
    place::Connected,
    users,
};

/// Others may change the account between its reading and the act.
const TRIES: usize = 5;

/// The outcome of an act.
#[derive(Debug)]
pub enum Done {
    Changed(&'static str),
    /// It was so before.
    Unchanged(&'static str),
}

/// `already` says in a sentence why nothing is left to do. An act that meets a change of another's is
/// tried again on the account as it is then.
pub async fn change(
    connected: &Connected,
    output: Output,
    user: &User,
    question: Option<Question>,
    already: impl Fn(&Account) -> Option<&'static str>,
    act: impl AsyncFn(Context<'_>, &Account) -> Result<Done, Failure>,
) -> Result<(), Failure> {
    let store = &connected.app.store;
    let mut account = users::find_one(store, user).await?;
    require_not_being_deleted(&account)?;
    if let Some(sentence) = already(&account) {
        return say(output, &account, &Done::Unchanged(sentence)).await;
    }
    if let Some(question) = question {
        question.ask(&account).await?;
    }
    let trace = trace(connected).await?;
    let context = Context {
        app: &connected.app,
        trace: &trace,
    };
    for _ in 0..TRIES {
        match act(context, &account).await {
            Err(Failure::Conflict) => {}
            Err(failure) => return Err(failure),
            Ok(done) => {
                let now = store.account(account.id).await?;
                return say(output, now.as_ref().unwrap_or(&account), &done).await;
            }
        }
        let named = account.email_normal;
        account = store.account(account.id).await?.ok_or_else(gone)?;
        require_not_being_deleted(&account)?;
        if account.email_normal != named {
            return Err(Failure::new(
                "the account got another e-mail at this moment: look at it by `show`, and give the command again",
            ));
        }
        if let Some(sentence) = already(&account) {
            return say(output, &account, &Done::Unchanged(sentence)).await;
        }
    }
    Err(Failure::Conflict)
}

/// For acts that can always be done once more.
pub fn never(_: &Account) -> Option<&'static str> {
    None
}

/// Where a log entry says that it came from.
pub async fn trace(connected: &Connected) -> Result<Trace, Failure> {
    let operator = connected.operator().await?;
    crate::interruption::act_begins();
    Ok(Trace::of_operator(Uuid::new_v4().to_string(), operator))
}

pub fn require_not_being_deleted(account: &Account) -> Result<(), Failure> {
    match account.state() {
        AccountState::Active | AccountState::Suspended => Ok(()),
        AccountState::BeingDeleted => Err(Failure::new(format!(
            "{} is being deleted, and nothing else can be done with it: `delete` goes on with it",
            visible(&account.email)
        ))),
    }
}

fn gone() -> Failure {
    Failure::new("the account was deleted at this moment; nothing was changed")
}

async fn say(output: Output, account: &Account, done: &Done) -> Result<(), Failure> {
    match done {
        Done::Changed(sentence) => output.print_outcome(true, account, sentence).await,
        Done::Unchanged(sentence) => output.print_outcome(false, account, sentence).await,
    }
}
