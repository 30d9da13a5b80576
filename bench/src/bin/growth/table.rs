//! A table of its own with the product on it, twice: once to be timed, once to be counted.

use bench::{Service, StoreDoor};

pub struct Table {
    /// Straight to the store: the door would cost time.
    pub timed: Service,
    pub counted: Service,
    pub door: StoreDoor,
}

impl Table {
    pub async fn open() -> Self {
        let timed = Service::start().await;
        let door = StoreDoor::open(timed.database, None).await;
        let counted = timed.behind(&door).await;
        Self {
            timed,
            counted,
            door,
        }
    }
}
