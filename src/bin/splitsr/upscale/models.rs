//! The networks that a call needs.

use std::cell::{OnceCell, RefCell};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::Arc;

use splitsr::Result;
use splitsr::budget::{ScoredSlice, best_within, scored_slices};
use splitsr::clean_up::CleanUp;
use splitsr::device::{Backend, ModelOnDevice};
use splitsr::elastic::Slice;
use splitsr::image::{Compression, Depth, Layout, Picture};
use splitsr::model::Model;
use splitsr::models::{self, ModelFiles};
use splitsr::network::cost::Cost;
use splitsr::upscale::{Enlarge, Job, NetworkInfo, Options, Target, Tiling, upscale};

use super::Args;
use super::report::Computation;
use crate::schedule::{self, Networks};

/// Width and height of the picture that measures this machine's speed.
const SAMPLE: (u32, u32) = (480, 270);

/// All networks of a call so far.
pub struct Models {
    args: Wanted,
    /// By name.
    files: RefCell<Vec<(String, Rc<ModelFiles>)>>,
    /// Opens a network on the device that was asked for.
    open: fn(Model, Backend, bool) -> Result<ModelOnDevice>,
    opened: RefCell<Vec<(Key, Arc<ModelOnDevice>)>>,
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
    backend: Backend,
    half: bool,
}

/// The origin of a network.
#[derive(Clone, PartialEq)]
struct Key {
    model: String,
    slice: Slice,
    strength: u8,
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
    /// Opens the first network, so that a fault of the model or the device is reported before the
    /// first picture.
    pub fn new(args: &Args) -> Result<Self> {
        let open: fn(_, _, _) -> _ = match (args.backend, args.tile) {
            // Exact results are the same on every machine; results of GPUs are not.
            (Backend::Auto, Tiling::Exact) => {
                |model, _, _| Ok(ModelOnDevice::on_cpu(model, "exact results are computed on the processor"))
            }
            _ => ModelOnDevice::new,
        };
        let needs_elastic = args.schedule.is_set() || args.budget.is_some() || !args.slice.is_default();
        let elastic = needs_elastic.then(|| schedule::MODEL.to_owned());
        let wanted = Wanted {
            model: args.model.clone().or(elastic),
            zoom: args.size.is_none().then_some(args.scale),
            slice: args.slice,
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
        let name = models.name(1.0);
        let files = models.files(&name)?;
        models.networks = args.schedule.read(&files)?;
        models.budget = args.budget.map(|budget| Budget::new(budget, &files, &args.slice)).transpose()?;
        models.get(Key { model: name, slice: args.slice, strength: files.strength(args.clean, None)?.0 })?;
        Ok(models)
    }

    /// The name of the model for a picture that is enlarged `zoom` times.
    fn name(&self, zoom: f64) -> String {
        let Wanted { model, zoom: asked, .. } = &self.args;
        model.clone().unwrap_or_else(|| models::for_zoom(asked.unwrap_or(zoom)).into())
    }

    /// The network for a picture of width and height `size` that was compressed in this way.
    pub fn choose(
        &self,
        size: (u32, u32),
        options: &Options,
        clean: CleanUp,
        compression: Option<Compression>,
    ) -> Result<Chosen> {
        let (width, height) = options.target.size(size.0, size.1, &options.limits)?;
        let zoom = (f64::from(width) / f64::from(size.0)).max(f64::from(height) / f64::from(size.1));
        let model = self.name(zoom);
        let files = self.files(&model)?;
        let (strength, remark) = files.strength(clean, compression)?;
        let mut notes: Vec<_> = remark.into_iter().collect();
        let mut key = Key { model, slice: self.args.slice, strength };
        if let Some(budget) = &self.budget {
            let (slice, note) = budget.choose(&self.get(key.clone())?, size, options)?;
            key.slice = slice;
            notes.push(note);
        }
        Ok(Chosen { network: self.get(key)?, clean: strength, notes })
    }

    fn files(&self, name: &str) -> Result<Rc<ModelFiles>> {
        let mut known = self.files.borrow_mut();
        if let Some((_, files)) = known.iter().find(|(known, _)| known == name) {
            return Ok(files.clone());
        }
        let files = Rc::new(ModelFiles::find(name)?);
        known.push((name.to_owned(), files.clone()));
        Ok(files)
    }

    /// The network is the last in the list from now on.
    fn get(&self, key: Key) -> Result<Arc<ModelOnDevice>> {
        let mut opened = self.opened.borrow_mut();
        let found = opened.iter().position(|(known, _)| *known == key);
        let entry = match found {
            Some(at) => opened.remove(at),
            None => {
                let files = self.files(&key.model)?.sliced(&key.slice)?;
                let network = (self.open)(files.model(key.strength)?, self.args.backend, self.args.half)?;
                (key, Arc::new(network))
            }
        };
        opened.push(entry.clone());
        Ok(entry.1)
    }

    /// Describes the network that computed last.
    pub fn computation(&self) -> Computation {
        let opened = self.opened.borrow();
        let (_, network) = opened.last().expect("the first network is opened before the first picture");
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

    /// The best network for a picture of width and height `size`, and a remark.
    fn choose(&self, first: &Arc<ModelOnDevice>, size: (u32, u32), options: &Options) -> Result<(Slice, String)> {
        let pace = match self.pace.get() {
            Some(pace) => *pace,
            None => {
                let measured = measure(first, options)?;
                *self.pace.get_or_init(|| measured)
            }
        };
        let milliseconds = pace * work(first, size, options)?;
        let macs = Cost::of(&first.model().metadata.config).macs_720p;
        let (best, expected) = best_within(self.milliseconds, &self.networks, (macs, milliseconds));
        let Slice { split_ratio, hybrid_index, .. } = best.slice;
        let note = format!(
            "split ratio {}, hybrid index {}: about {expected:.0} ms expected, of {} ms allowed",
            split_ratio.unwrap_or_default(),
            hybrid_index.unwrap_or_default(),
            self.milliseconds
        );
        Ok((best.slice, note))
    }
}

/// The low-resolution pixels that a network computes for a picture of width and height `size`.
fn work(network: &ModelOnDevice, size: (u32, u32), options: &Options) -> Result<f64> {
    let (_, passes) = Job::plan(size, &NetworkInfo::of(network), options, rayon::current_num_threads())?;
    Ok(passes.iter().map(|pass| pass.work() as f64).sum())
}

/// The time that a network takes for each low-resolution pixel, in milliseconds.
fn measure(network: &Arc<ModelOnDevice>, options: &Options) -> Result<f64> {
    let options = Options { target: Target::Zoom(network.scale() as f64), ..*options };
    let run = || {
        let picture = Picture::blank(SAMPLE.0, SAMPLE.1, Layout::Rgb, Depth::Eight)?;
        upscale(network, picture, &options, |_| ControlFlow::Continue(()))
    };
    // The first run prepares kernels and memory.
    run()?;
    let (_, report) = run()?;
    Ok(report.seconds * 1e3 / work(network, SAMPLE, &options)?)
}

/// Reads a time in milliseconds.
pub fn parse_budget(text: &str) -> std::result::Result<f64, String> {
    match text.parse() {
        Ok(budget) if budget > 0.0 && f64::is_finite(budget) => Ok(budget),
        _ => Err("it must be a number of milliseconds above 0".into()),
    }
}
