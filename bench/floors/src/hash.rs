//! One Argon2id hash at the product's cost, in memory that is kept between hashes.

use std::{hint::black_box, sync::Mutex};

use argon2::{Algorithm, Argon2, Block, Params, Version};

#[derive(Debug)]
pub struct BareHash {
    argon2: Argon2<'static>,
    blocks: Mutex<Vec<Block>>,
}

impl BareHash {
    pub fn new() -> Self {
        let params = Params::new(19_456, 2, 1, Some(32)).unwrap();
        let blocks = vec![Block::default(); params.block_count()];
        let hash = Self {
            // The product reads the parameters from the stored hash, so the compiler may not know them here either.
            argon2: black_box(Argon2::new(Algorithm::Argon2id, Version::V0x13, params)),
            blocks: Mutex::new(blocks),
        };
        // The first hash has the page faults of its memory.
        hash.compute();
        hash
    }

    pub fn compute(&self) {
        let mut output = [0; 32];
        let mut blocks = self.blocks.lock().unwrap();
        let (password, salt) = (black_box(b"correct horse battery"), b"sixteen of salt.");
        self.argon2
            .hash_password_into_with_memory(password, salt, &mut output, &mut *blocks)
            .unwrap();
        black_box(output);
    }
}
