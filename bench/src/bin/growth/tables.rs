//! One table with two instances of the product: one whose calls are timed, one whose store requests are counted.

use bench::{service::Service, store_proxy::StoreProxy};

pub struct Table {
    /// Without the proxy, which would cost time.
    pub timed: Service,
    pub counted: Service,
    pub proxy: StoreProxy,
}

impl Table {
    pub async fn open() -> Self {
        let timed = Service::start().await;
        let proxy = StoreProxy::open(timed.store, None).await;
        Self {
            counted: timed.behind(&proxy).await,
            timed,
            proxy,
        }
    }
}
