//! No floor: the product's check of a token by itself, all claims, to be compared with F4.
#![allow(clippy::unwrap_used, reason = "a check that fails has nothing to say")]

use std::hint::black_box;

use floors::told;
use shared::{Clock, Settings, token::TokenSigner};

fn main() {
    let tokens = TokenSigner::new(&Settings::from_environment().unwrap());
    let clock = Clock::system();
    let token = told("FLOOR_TOKEN");
    floors::repeat_on_request(|| {
        black_box(tokens.verify(black_box(&token), clock.now()).unwrap());
    });
}
