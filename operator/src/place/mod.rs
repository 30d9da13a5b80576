//! The place of the accounts: a stack, a table, or the database of `cargo dev`.

mod aws;
mod lambda_settings;
mod local;
mod preflight;
mod sdk_failure;
mod settings;
mod stack;

use aws_config::SdkConfig;
use shared::{
    App, Clock, Entropy, Settings,
    store::{Connection, Store},
};

use crate::{arguments::Place, failure::Failure};
use settings::{SECRET, TABLE_NAME, environment, read_settings, stand_in};

/// A table that has been looked at, with the settings that hold for it.
#[derive(Debug)]
pub struct Connected {
    pub app: App,
    /// Without it, keyed hashes of names cannot be computed.
    pub knows_secret: bool,
    /// None on `cargo dev`'s database.
    aws: Option<SdkConfig>,
}

impl Connected {
    pub async fn to(place: &Place) -> Result<Self, Failure> {
        match (&place.stack, &place.table) {
            (Some(stack), _) => {
                let aws = aws::config(place).await?;
                let deployed = stack::settings_of(&aws, stack).await?;
                Self::on_aws(aws, deployed, true).await
            }
            (None, Some(table)) => {
                let aws = aws::config(place).await?;
                let secret = environment(SECRET);
                let knows_secret = secret.is_some();
                let secret = secret.map_or_else(stand_in, Ok)?;
                let settings = read_settings(|name| match name {
                    SECRET => Some(secret.clone()),
                    TABLE_NAME => Some(table.clone()),
                    _ => environment(name),
                })?;
                Self::on_aws(aws, settings, knows_secret).await
            }
            (None, None) => {
                let connection = Connection::to_local(&local::endpoint(place.local_port)).patient();
                let (settings, knows_secret) = local::settings_of_cargo_dev()?;
                let app = app(settings, &connection);
                preflight::check(&app.store, &local::where_it_is(place.local_port)).await?;
                Ok(Self {
                    app,
                    knows_secret,
                    aws: None,
                })
            }
        }
    }

    async fn on_aws(
        aws: SdkConfig,
        settings: Settings,
        knows_secret: bool,
    ) -> Result<Self, Failure> {
        let app = app(settings, &Connection::from_config(&aws));
        preflight::check(&app.store, &aws::where_it_is(&aws)).await?;
        Ok(Self {
            app,
            knows_secret,
            aws: Some(aws),
        })
    }

    /// The name that log entries give the operator.
    pub async fn operator(&self) -> Result<String, Failure> {
        match &self.aws {
            Some(aws) => aws::identity(aws).await,
            None => Ok(local::operator()),
        }
    }
}

fn app(settings: Settings, connection: &Connection) -> App {
    let entropy = Entropy::system();
    let store = Store::new(connection, &settings.table_name, entropy.clone());
    App::new(settings, store, Clock::system(), entropy)
}

/// Exactly one place must be named. The parser sees only that there are not two at one level.
pub fn require_one(place: &mut Place) -> Result<(), &'static str> {
    if place.table.is_none() && !place.local && place.stack.is_none() {
        place.stack = environment("LATCHKEY_STACK");
    }
    let Place {
        stack,
        table,
        local,
        ..
    } = place;
    match [stack.is_some(), table.is_some(), *local]
        .into_iter()
        .filter(|named| *named)
        .count()
    {
        1 => Ok(()),
        0 => Err("name the place of the accounts: --stack STACK, --table TABLE or --local"),
        _ => Err("name one place: --stack, --table and --local exclude each other"),
    }
}
