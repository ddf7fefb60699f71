//! Trains a tiny network on the demo pictures for a minute or so, and compares it with bicubic:
//! `cargo run --release --example train_tiny`

use std::path::Path;

use burn::tensor::Device;
use splitsr::Result;
use splitsr::eval::{bicubic, mean_psnr_y};
use splitsr::ops::reuse_buffers;
use splitsr::train::{HeldOut, Pair, Pictures, Session, TrainConfig, read_folder};

const CONFIG: &str = r#"
    name = "tiny-x2"
    recipe = "cosine"
    [network]
    architecture = "splitsr"
    scale = 2
    channels = 8
    groups = 2
    blocks = 3
    hybrid_index = 1
    [override]
    steps = 300
    batch = 8
    hr_patch = 48
    bilinear_init = true
"#;

fn main() -> Result<()> {
    let config = TrainConfig::from_toml(CONFIG)?;
    let (recipe, scale) = (config.recipe()?, config.network.scale());
    let HeldOut { train, held_out, .. } =
        HeldOut::new(read_folder(Path::new("www/public/demo"))?, recipe.hr_patch, scale, config.seed)?;
    let pictures = Pictures::assemble(train, held_out, &recipe, scale, || Ok(Vec::new()))?;
    let bicubic = |Pair { hr, lr, .. }: &Pair| bicubic(lr, hr.width, hr.height);
    let results = pictures.validation.pairs().iter().map(|pair| (bicubic(pair), &pair.hr));
    println!("bicubic: {:.2} dB", mean_psnr_y(results, scale)?);

    let mut session = Session::new(config, None, None, pictures, &Device::flex())?;
    reuse_buffers(|| {
        while session.step_count() < recipe.all_steps() {
            let loss = session.step()?;
            if session.step_count().is_multiple_of(50) {
                println!("step {}: loss {loss:.4}, {:.2} dB", session.step_count(), session.score()?.psnr_y);
            }
        }
        let file = std::env::temp_dir().join("tiny-x2.safetensors");
        splitsr::files::replace(&file, &session.model()?)?;
        println!("{}", file.display());
        Ok(())
    })
}
