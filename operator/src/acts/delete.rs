//! Deletes an account with everything of it, in the steps of `DELETE me`. A deletion that was interrupted
//! goes on with the next command, and by itself: the table's stream has called `sweeper` meanwhile.

use std::time::Duration;

use shared::{Context, Deletion, Error, account::Account, audit::Action, store::Beginning};

use super::{change::trace, progress::Progress};
use crate::{
    arguments::AskedFor,
    ask::Question,
    failure::Failure,
    output::{Output, tell},
    place::Connected,
    users,
};

const TRIES: usize = 5;
/// Of the last step alone. Little is left to it.
const LAST_STEP: Duration = Duration::from_mins(10);

pub async fn delete(
    connected: &Connected,
    output: Output,
    asked: &AskedFor,
) -> Result<(), Failure> {
    let store = &connected.app.store;
    let account = users::find_one(store, &asked.user).await?;
    if connected.app.settings.mail.is_none() {
        tell(
            "MAIL_FROM and APP_URL are not set here: the owner will not be told of the deletion. \
             With --stack the settings of the functions hold.",
        );
    }
    // Nobody has to decide twice.
    if !account.is_leaving {
        let question = Question {
            verb: "Delete",
            consequence: "Everything of it goes, and nothing brings it back.",
            answered: asked.yes,
        };
        question.ask(&account).await?;
    }
    let trace = trace(connected).await?;
    let context = Context {
        app: &connected.app,
        trace: &trace,
    };
    let Some(account) = begin(context, &account).await? else {
        let sentence = "is deleted already: somebody else has just finished it.";
        return output.print_outcome(false, &account, sentence).await;
    };
    let items = store
        .count_to_sweep(account.id)
        .await
        .map_err(|error| cut_off(&error))?;
    let progress = Progress::start(items);
    let swept = store
        .sweep_telling(account.id, &|items| progress.add(items))
        .await;
    progress.finish();
    swept.map_err(|error| cut_off(&error))?;
    let until = context.now().plus(LAST_STEP);
    let last_step = context.go_on_with_deletion(&account, until).await;
    if last_step.map_err(|error| cut_off(&error))? == Deletion::GoesOn {
        return Err(Failure::new(
            "the last step took too long: the same command goes on with the deletion",
        ));
    }
    let sentence = "is deleted with everything of it.";
    output.print_outcome(true, &account, sentence).await
}

fn cut_off(error: &Error) -> Failure {
    let cause = error.cause().unwrap_or(error.code().as_str());
    Failure::new(format!(
        "{cause}; the deletion has begun and the account is locked: the same command goes on, and where \
         `sweeper` runs, so does it"
    ))
}

/// Marks the account on the condition that it is as it was read. Names and password may change at that
/// moment: then it is read again. None if there is no such account any more.
async fn begin(context: Context<'_>, account: &Account) -> Result<Option<Account>, Failure> {
    let store = &context.app.store;
    let mut account = account.clone();
    for _ in 0..TRIES {
        match store.begin_deletion(&account, context.now()).await {
            Ok(beginning) => {
                if beginning == Beginning::ThisCall {
                    // To the process log alone: the account's own log is deleted.
                    let action = Action::AccountDelete;
                    context.audit(action, account.id, async |_| Ok(())).await?;
                }
                return Ok(Some(account));
            }
            Err(Error::Conflict) => {}
            Err(Error::Token(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        match store.account(account.id).await? {
            Some(now) => account = now,
            None => return Ok(None),
        }
    }
    Err(Failure::Conflict)
}
