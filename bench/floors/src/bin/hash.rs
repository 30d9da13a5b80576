//! No floor: a hash as the product makes it, on a thread of its own, to be compared with F3.
#![allow(clippy::unwrap_used, reason = "a hash that fails has nothing to say")]

use std::hint::black_box;

use shared::{
    Entropy,
    account::{Hasher, Password},
};

fn main() {
    let (hasher, entropy) = (Hasher::new(), Entropy::system());
    let password = Password::read("correct horse battery").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    floors::repeat_on_request(|| {
        let hash = runtime.block_on(hasher.hash(&password, &entropy));
        black_box(hash.unwrap());
    });
}
