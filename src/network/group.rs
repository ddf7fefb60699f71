//! Residual groups: a chain of blocks, a convolution, plus the group's input.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::blocks::{Block, BlockKind, Lightweight, Sizes, StandardBlock};
use super::by_rows::{Plane, Steps};
use super::conv::Conv3x3;

/// A group of standard residual blocks.
#[derive(Module, Debug)]
pub struct StandardGroup {
    blocks: Vec<StandardBlock>,
    conv: Conv3x3,
}

/// A group of lightweight blocks, all of one kind.
#[derive(Module, Debug)]
pub struct LightGroup {
    blocks: Vec<Lightweight>,
    conv: Conv3x3,
}

/// Any group.
#[derive(Module, Debug)]
pub enum Group {
    /// Standard residual blocks.
    Standard(StandardGroup),
    /// Lightweight blocks.
    Light(LightGroup),
}

impl StandardGroup {
    pub(super) fn new(sizes: &Sizes, blocks: usize, device: &Device) -> Self {
        Self {
            blocks: (0..blocks).map(|_| StandardBlock::new(sizes, device)).collect(),
            conv: Conv3x3::new(sizes.channels, sizes.channels, device),
        }
    }

    /// `[batch, channels, height, width]` -> the same.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let blocks: Vec<&StandardBlock> = self.blocks.iter().collect();
        self.conv.forward_add(StandardBlock::forward_chain(&blocks, x.clone()), x)
    }

    pub(super) fn by_rows(&self, x: Vec<Plane>, steps: &mut Steps) -> Option<Vec<Plane>> {
        by_rows(&self.blocks, &self.conv, x, steps, StandardBlock::by_rows)
    }
}

impl LightGroup {
    pub(super) fn new(kind: BlockKind, sizes: &Sizes, blocks: usize, device: &Device) -> Self {
        Self {
            blocks: (0..blocks).map(|_| Lightweight::new(kind, sizes, device)).collect(),
            conv: Conv3x3::new(sizes.channels, sizes.channels, device),
        }
    }

    /// `[batch, channels, height, width]` -> the same.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.conv.forward_add(Lightweight::forward_chain(&self.blocks, x.clone()), x)
    }

    fn by_rows(&self, x: Vec<Plane>, steps: &mut Steps) -> Option<Vec<Plane>> {
        by_rows(&self.blocks, &self.conv, x, steps, Lightweight::by_rows)
    }
}

/// See [`Block::by_rows`], which is `block`.
fn by_rows<B>(
    blocks: &[B],
    conv: &Conv3x3,
    x: Vec<Plane>,
    steps: &mut Steps,
    block: impl Fn(&B, Vec<Plane>, &mut Steps) -> Option<Vec<Plane>>,
) -> Option<Vec<Plane>> {
    steps.trim(&x);
    let y = blocks.iter().try_fold(x.clone(), |y, one| block(one, y, steps))?;
    Some(steps.conv_add(y, conv, x))
}

impl Group {
    /// `[batch, channels, height, width]` -> the same.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Standard(group) => group.forward(x),
            Self::Light(group) => group.forward(x),
        }
    }

    /// See [`Block::by_rows`].
    pub(super) fn by_rows(&self, x: Vec<Plane>, steps: &mut Steps) -> Option<Vec<Plane>> {
        match self {
            Self::Standard(group) => group.by_rows(x, steps),
            Self::Light(group) => group.by_rows(x, steps),
        }
    }
}
