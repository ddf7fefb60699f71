//! `splitsr twin`

use std::path::PathBuf;

use splitsr::clean_up::{BestStrength, Twin, mix, put_start, start_of};
use splitsr::model::Model;
use splitsr::train::{Dataset, Degradation, model_psnr_y, read_folder};
use splitsr::weights::{Metadata, hex_sha256, read_file, to_file};
use splitsr::{Error, Result, files};

/// Makes a model the twin of another, to clean up compressed pictures: finds how much of it to mix
/// in for JPEGs of each quality, and writes that into its file.
#[derive(clap::Args)]
pub struct Args {
    /// File of the twin: weights trained on JPEGs
    twin: PathBuf,
    /// File of the model that it belongs to
    #[arg(long, value_name = "MODEL")]
    of: PathBuf,
    /// File of the weights that the twin's training started from, or of another twin that did;
    /// needed if the model was trained further since then. They become part of the twin's file
    #[arg(long, value_name = "MODEL")]
    start: Option<PathBuf>,
    /// Folder of validation pictures
    #[arg(long, value_name = "DIR")]
    val: PathBuf,
}

/// Qualities of the scale of libjpeg.
const QUALITIES: [u8; 11] = [10, 20, 35, 50, 65, 75, 82, 88, 93, 96, 100];

/// Strengths that are tried: 0 to 10 times 10 %.
const STEPS: usize = 10;
const STEP: u8 = 10;

pub fn run(args: Args) -> Result<()> {
    let (weights, ..) = read_file(&args.of)?;
    let (_, mut metadata, mut tensors) = read_file(&args.twin)?;
    let device = burn::tensor::Device::flex();
    if let Some(path) = &args.start {
        let (_, its_metadata, its_tensors) = read_file(path)?;
        let its_tensors = start_of(&its_tensors).unwrap_or(its_tensors);
        let fits = its_tensors.iter().all(|(name, (shape, _))| tensors.get(name).is_some_and(|own| own.0 == *shape));
        if its_metadata.config != metadata.config || !fits {
            return Err(Error::Config(format!(
                "{} has another network than {}: give the weights that the twin's training started from",
                path.display(),
                args.twin.display()
            )));
        }
        metadata.widen_halo(its_metadata.auto_halo);
        put_start(&mut tensors, its_tensors);
    }
    let with = |strengths| {
        let twin = Some(Twin { of: hex_sha256(&weights), strengths });
        to_file(&Metadata { twin, ..metadata.clone() }, &tensors)
    };
    let bytes = with(vec![])?;

    let scale = metadata.config.scale();
    let mixed = |step: usize| Model::from_bytes(&mix(&weights, &bytes, step as u8 * STEP)?, &device);
    let models = (0..=STEPS).map(mixed).collect::<Result<Vec<_>>>()?;
    let pictures = read_folder(&args.val)?;
    // Climbs from the previous quality's strength, since PSNR has a single maximum among mixtures.
    // Strength 0 may be other weights than those that mixtures start from.
    let best = |quality, half_chroma, from: u8| -> Result<u8> {
        let degradation = Degradation { jpeg: Some(quality), half_chroma, ..Default::default() };
        let pairs = Dataset::of(pictures.clone(), scale, &degradation)?.into_pairs();
        let psnr = |step: usize| model_psnr_y(&models[step], &pairs);
        let start = usize::from(from / STEP).max(1);
        let mut best = (start, psnr(start)?);
        for direction in [-1, 1] {
            while let Some(step) = best.0.checked_add_signed(direction).filter(|step| (1..=STEPS).contains(step)) {
                let next = (step, psnr(step)?);
                if next.1 <= best.1 {
                    break;
                }
                best = next;
            }
        }
        let nothing = (0, psnr(0)?);
        if nothing.1 >= best.1 {
            best = nothing;
        }
        let strength = best.0 as u8 * STEP;
        let chroma = if half_chroma { "4:2:0" } else { "4:4:4" };
        print_line!("quality {quality}, {chroma}: {strength} %, {:.2} dB", best.1);
        Ok(strength)
    };
    let mut found: Vec<BestStrength> = vec![];
    for quality in QUALITIES {
        let from = found.last().map_or([100; 2], |best| [best.half_chroma, best.full_chroma]);
        let (half_chroma, full_chroma) = (best(quality, true, from[0])?, best(quality, false, from[1])?);
        found.push(BestStrength { quality, half_chroma, full_chroma });
    }
    files::replace(&args.twin, &with(found)?)
}
