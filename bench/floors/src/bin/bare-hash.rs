//! F3: one Argon2id hash at the product's cost, in memory that is kept.
#![allow(
    clippy::unwrap_used,
    reason = "a floor that cannot be reached has nothing to say"
)]

use std::hint::black_box;

use argon2::{Algorithm, Argon2, Block, Params, Version};

fn main() {
    let params = Params::new(19_456, 2, 1, Some(32)).unwrap();
    let mut blocks = vec![Block::default(); params.block_count()];
    // The product reads them from what is stored: nothing may be worked out beforehand.
    let argon2 = black_box(Argon2::new(Algorithm::Argon2id, Version::V0x13, params));
    floors::repeat_on_request(|| {
        let mut output = [0; 32];
        let password = black_box(b"correct horse battery");
        argon2
            .hash_password_into_with_memory(password, b"sixteen of salt.", &mut output, &mut blocks)
            .unwrap();
        black_box(output);
    });
}
