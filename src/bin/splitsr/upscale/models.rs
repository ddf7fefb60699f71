//! The networks that a call needs.

use std::cell::{OnceCell, RefCell};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use splitsr::budget::{ScoredSlice, best_within, scored_slices};
use splitsr::clean_up::CleanUp;
use splitsr::device::{Backend, ModelOnDevice};
use splitsr::elastic::Slice;
use splitsr::image::{Compression, Depth, Layout, Picture};
use splitsr::model::Model;
use splitsr::models::{self, ModelFiles};
use splitsr::network::cost::Cost;
use splitsr::upscale::plan::Pass;
use splitsr::upscale::{Enlarge, Job, NetworkInfo, Options, Target, Tiling, upscale};
use splitsr::{Error, Result};

use super::Args;
use super::report::Computation;
use crate::schedule::{self, Networks};

/// Width and height of the picture that measures this machine's speed.
const SAMPLE: (u32, u32) = (480, 270);

/// All networks of a call so far.
pub struct Models {
    args: Wanted,
    /// The files of models and of slices.
    files: RefCell<Vec<(Network, Rc<ModelFiles>)>>,
    /// Opens a network on the device that was asked for.
    open: fn(Model, Backend, bool) -> Result<ModelOnDevice>,
    /// By network and strength of the clean-up.
    opened: RefCell<Vec<(Network, u8, Arc<ModelOnDevice>)>>,
    pub networks: Option<Networks>,
    budget: Option<Budget>,
}

/// The arguments that choose the network.
struct Wanted {
    /// The model's name or file; `None` = the best built-in one for the zoom.
    model: Option<String>,
    /// The zoom; `None` = each picture has its own.
    zoom: Option<f64>,
    slice: Slice,
    clean: CleanUp,
    backend: Backend,
    half: bool,
}

/// A network, before clean-up.
#[derive(Clone, PartialEq)]
struct Network {
    model: String,
    slice: Slice,
}

/// The network for a picture.
pub struct Chosen {
    pub network: Arc<ModelOnDevice>,
    /// The strength of the clean-up in %.
    pub clean: u8,
    /// Remarks on the choice.
    pub notes: Vec<String>,
}

impl Models {
    /// Reads the files of the model, so that its faults are reported first.
    pub fn new(args: &Args) -> Result<Self> {
        let open: fn(_, _, _) -> _ = match (args.backend, args.tile) {
            // Exact results are the same on every machine; results of GPUs are not.
            (Backend::Auto, Tiling::Exact) => {
                |model, _, _| Ok(ModelOnDevice::on_cpu(model, "exact results are computed on the processor"))
            }
            _ => ModelOnDevice::new,
        };
        let elastic = args.schedule.model(&args.slice).or(args.budget.map(|_| schedule::MODEL));
        let wanted = Wanted {
            model: args.model.clone().or(elastic.map(str::to_owned)),
            zoom: args.size.is_none().then_some(args.scale),
            slice: args.slice,
            clean: args.clean,
            backend: args.backend,
            half: args.half,
        };
        let mut models = Self {
            args: wanted,
            files: RefCell::default(),
            open,
            opened: RefCell::default(),
            networks: None,
            budget: None,
        };
        let network = models.network(1.0);
        let whole = models.files(&Network { slice: Slice::default(), ..network.clone() });
        let whole = whole.map_err(|error| match error {
            Error::UnknownModel { .. } if args.model.is_none() => Error::Config(format!(
                "this needs the model {}, which is not built in: name its file with --model",
                network.model
            )),
            other => other,
        })?;
        models.networks = args.schedule.read(&whole)?;
        models.budget = args.budget.map(|budget| Budget::new(budget, &whole, &args.slice)).transpose()?;
        models.files(&network)?.strength(args.clean, None)?;
        Ok(models)
    }

    /// Opens the first network, so that a fault of the device is reported before the first picture.
    pub fn open(&self) -> Result<()> {
        let network = self.network(1.0);
        let strength = self.files(&network)?.strength(self.args.clean, None)?.0;
        self.get(&network, strength).map(|_| ())
    }

    /// The network for a picture that is enlarged `zoom` times, if there is no budget.
    fn network(&self, zoom: f64) -> Network {
        let Wanted { model, zoom: asked, slice, .. } = &self.args;
        let model = model.clone().unwrap_or_else(|| models::for_zoom(asked.unwrap_or(zoom)).into());
        Network { model, slice: *slice }
    }

    /// The network for a picture of width and height `size` that was compressed in this way.
    pub fn choose(
        &self,
        size: (u32, u32),
        options: &Options,
        compression: Option<Compression>,
        stop: &AtomicBool,
    ) -> Result<Chosen> {
        let (width, height) = options.target.size(size.0, size.1, &options.limits)?;
        let zoom = (f64::from(width) / f64::from(size.0)).max(f64::from(height) / f64::from(size.1));
        let mut network = self.network(zoom);
        let mut notes = Vec::new();
        if let Some(budget) = &self.budget
            && let Some((slice, note)) = budget.choose(&self.get(&network, 0)?, size, options, stop)?
        {
            network.slice = slice;
            notes.push(note);
        }
        let (clean, remark) = self.files(&network)?.strength(self.args.clean, compression)?;
        notes.extend(remark);
        Ok(Chosen { network: self.get(&network, clean)?, clean, notes })
    }

    fn files(&self, network: &Network) -> Result<Rc<ModelFiles>> {
        let mut known = self.files.borrow_mut();
        if let Some((_, files)) = known.iter().find(|(known, _)| known == network) {
            return Ok(files.clone());
        }
        let files = Rc::new(ModelFiles::find(&network.model)?.sliced(&network.slice)?);
        known.push((network.clone(), files.clone()));
        Ok(files)
    }

    /// The network with this strength of the clean-up. It is the last in the list from now on.
    fn get(&self, network: &Network, strength: u8) -> Result<Arc<ModelOnDevice>> {
        let mut opened = self.opened.borrow_mut();
        let found = opened.iter().position(|(known, clean, _)| known == network && *clean == strength);
        let entry = match found {
            Some(at) => opened.remove(at),
            None => {
                let model = self.files(network)?.model(strength)?;
                (network.clone(), strength, Arc::new((self.open)(model, self.args.backend, self.args.half)?))
            }
        };
        opened.push(entry.clone());
        Ok(entry.2)
    }

    /// Describes the network that computed last.
    pub fn computation(&self) -> Computation {
        let opened = self.opened.borrow();
        let (_, _, network) = opened.last().expect("the first network is opened before the first picture");
        Computation::of(network)
    }
}

/// The choice of a network by the time that it may take.
struct Budget {
    milliseconds: f64,
    networks: Vec<ScoredSlice>,
    /// The time for each low-resolution pixel of the first network, in milliseconds.
    pace: OnceCell<f64>,
}

impl Budget {
    fn new(milliseconds: f64, files: &ModelFiles, slice: &Slice) -> Result<Self> {
        let networks = scored_slices(&files.metadata()?, slice.hybrid_mode)?;
        Ok(Self { milliseconds, networks, pace: OnceCell::new() })
    }

    /// The best network for a picture of width and height `size`, and a remark; `None` if no
    /// network is needed.
    fn choose(
        &self,
        first: &Arc<ModelOnDevice>,
        size: (u32, u32),
        options: &Options,
        stop: &AtomicBool,
    ) -> Result<Option<(Slice, String)>> {
        let work = work(first, size, options)?;
        if work == 0 {
            return Ok(None);
        }
        let pace = match self.pace.get() {
            Some(pace) => *pace,
            None => {
                let measured = measure(first, options, stop)?;
                *self.pace.get_or_init(|| measured)
            }
        };
        let milliseconds = pace * work as f64;
        let macs = Cost::of(&first.model().metadata.config).macs_720p;
        let (best, expected) = best_within(self.milliseconds, &self.networks, (macs, milliseconds));
        let Slice { split_ratio, hybrid_index, .. } = best.slice;
        let note = format!(
            "split ratio {}, hybrid index {}: about {expected:.0} ms expected, of {} ms allowed",
            split_ratio.unwrap_or_default(),
            hybrid_index.unwrap_or_default(),
            self.milliseconds
        );
        Ok(Some((best.slice, note)))
    }
}

/// The low-resolution pixels that a network computes for a picture of width and height `size`.
fn work(network: &ModelOnDevice, size: (u32, u32), options: &Options) -> Result<u64> {
    let (_, passes) = Job::plan(size, &NetworkInfo::of(network), options, rayon::current_num_threads())?;
    Ok(passes.iter().map(Pass::work).sum())
}

/// The time that a network takes for each low-resolution pixel, in milliseconds.
fn measure(network: &Arc<ModelOnDevice>, options: &Options, stop: &AtomicBool) -> Result<f64> {
    let options = Options { target: Target::Zoom(network.scale() as f64), ..*options };
    let run = || {
        let picture = Picture::blank(SAMPLE.0, SAMPLE.1, Layout::Rgb, Depth::Eight)?;
        let go_on = |_| if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        upscale(network, picture, &options, go_on)
    };
    // The first run prepares kernels and memory.
    run()?;
    let (_, report) = run()?;
    Ok(report.seconds * 1e3 / work(network, SAMPLE, &options)? as f64)
}

/// Reads a time in milliseconds.
pub fn parse_budget(text: &str) -> std::result::Result<f64, String> {
    match text.parse() {
        Ok(budget) if budget > 0.0 && f64::is_finite(budget) => Ok(budget),
        _ => Err("it must be a number of milliseconds above 0".into()),
    }
}
