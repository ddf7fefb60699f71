//! Evaluation with the usual protocol of the super-resolution literature.
//!
//! [`metrics`] has PSNR and SSIM on luma; [`protocol`] makes the low-resolution picture, runs an
//! upsampler and scores its result, for one picture or a folder; [`compare`](mod@compare) compares
//! two results. Every table of this project is made here.

pub mod compare;
pub mod metrics;
pub mod protocol;

pub use compare::{Distance, distance, heat_map};
pub use metrics::{Luma, psnr, ssim};
pub use protocol::{
    Scored, Scores, SetScore, bicubic, bounded_psnr_y, degrade, lanczos3, mean_psnr_y, picture_files, psnr_y,
    read_picture, score, score_set,
};
