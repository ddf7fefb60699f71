//! `splitsr info`

use serde::Serialize;
use splitsr::config::{BlockKind, HybridMode, NetworkConfig, Replacement, SplitSrConfig};
use splitsr::network::cost::Cost;
use splitsr::{Result, models};

/// Shows the size, cost and receptive field of a model, or of a SplitSR network with the given
/// hyper-parameters. Each defaults to its value in splitsr-x2.
#[derive(clap::Args)]
pub struct Args {
    /// Name or file of the model
    #[arg(conflicts_with_all = ["channels", "groups", "blocks", "split_ratio", "hybrid_index", "hybrid_mode", "replacement", "block", "attention", "scale"])]
    model: Option<String>,
    /// Feature channels
    #[arg(long)]
    channels: Option<usize>,
    /// Residual groups
    #[arg(long)]
    groups: Option<usize>,
    /// Blocks per group
    #[arg(long)]
    blocks: Option<usize>,
    /// Fraction of the channels that a lightweight block convolves
    #[arg(long)]
    split_ratio: Option<f64>,
    /// Number of groups with lightweight blocks
    #[arg(long)]
    hybrid_index: Option<usize>,
    /// Order of the groups
    #[arg(long)]
    hybrid_mode: Option<HybridMode>,
    /// Where lightweight blocks replace standard ones
    #[arg(long)]
    replacement: Option<Replacement>,
    /// Kind of the lightweight blocks
    #[arg(long)]
    block: Option<BlockKind>,
    /// Add channel attention with this reduction
    #[arg(long, value_name = "REDUCTION")]
    attention: Option<usize>,
    /// Scale: 2, 3 or 4
    #[arg(long)]
    scale: Option<usize>,
    /// Print the result as a JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Info {
    config: NetworkConfig,
    params: u64,
    macs_720p: f64,
    /// The side, in low-resolution pixels; null = the whole picture.
    receptive_field: Option<usize>,
    /// The hash of the weights file; null for hyper-parameters.
    sha256: Option<String>,
}

pub fn run(args: Args) -> Result<()> {
    let json = args.json;
    let (config, sha256) = match &args.model {
        Some(name) => {
            let model = models::load(name)?;
            (model.metadata.config, Some(model.sha256))
        }
        None => (args.config(), None),
    };
    config.validate()?;
    let cost = Cost::of(&config);
    let info = Info {
        params: cost.params,
        macs_720p: cost.macs_720p,
        receptive_field: cost.receptive_field(),
        config,
        sha256,
    };
    if json {
        crate::print_json(&info);
        return Ok(());
    }
    let field = info
        .receptive_field
        .map_or("the whole picture".into(), |side| format!("{side} x {side} low-resolution pixels"));
    print_line!("config           {}", serde_json::to_string(&info.config).expect("a config is plain data"));
    print_line!("parameters       {}", info.params);
    print_line!("multiply-adds    {:.2} G for a result of 1280 x 720 pixels", info.macs_720p / 1e9);
    print_line!("receptive field  {field}");
    if let Some(sha256) = info.sha256 {
        print_line!("sha256           {sha256}");
    }
    Ok(())
}

impl Args {
    fn config(self) -> NetworkConfig {
        let base = SplitSrConfig::default();
        NetworkConfig::SplitSr(SplitSrConfig {
            scale: self.scale.unwrap_or(base.scale),
            channels: self.channels.unwrap_or(base.channels),
            groups: self.groups.unwrap_or(base.groups),
            blocks: self.blocks.unwrap_or(base.blocks),
            split_ratio: self.split_ratio.unwrap_or(base.split_ratio),
            hybrid_index: self.hybrid_index.unwrap_or(base.hybrid_index),
            hybrid_mode: self.hybrid_mode.unwrap_or(base.hybrid_mode),
            replacement: self.replacement.unwrap_or(base.replacement),
            block: self.block.unwrap_or(base.block),
            attention: self.attention,
        })
    }
}
