//! The least that a hash can be: one of the product's cost, in memory that is kept.

use std::{hint::black_box, sync::Mutex};

use argon2::{Algorithm, Argon2, Block, Params, Version};

#[derive(Debug)]
pub struct BareHash {
    argon2: Argon2<'static>,
    blocks: Mutex<Vec<Block>>,
}

impl BareHash {
    #[must_use]
    pub fn prepared() -> Self {
        let params = Params::new(19_456, 2, 1, Some(32)).unwrap();
        let blocks = vec![Block::default(); params.block_count()];
        let bare = Self {
            // The product reads them from what is stored: nothing may be worked out beforehand.
            argon2: black_box(Argon2::new(Algorithm::Argon2id, Version::V0x13, params)),
            blocks: Mutex::new(blocks),
        };
        // The first one finds its memory cold.
        bare.make_one();
        bare
    }

    pub fn make_one(&self) {
        let mut output = [0; 32];
        let mut blocks = self.blocks.lock().unwrap();
        let password = black_box(b"correct horse battery");
        self.argon2
            .hash_password_into_with_memory(
                password,
                b"sixteen of salt.",
                &mut output,
                &mut *blocks,
            )
            .unwrap();
        black_box(output);
    }
}
