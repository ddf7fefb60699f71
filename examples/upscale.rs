//! Enlarges a picture: `cargo run --release --example upscale -- IN.jpg OUT.png 3.5`

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use splitsr::eval::read_picture;
use splitsr::image::{Format, encode};
use splitsr::upscale::{Options, Progress, Target, upscale};
use splitsr::{Error, Result, files, models};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, zoom] = &arguments[..] else {
        return Err(Error::Config("usage: upscale IN OUT ZOOM".into()));
    };
    let zoom = zoom.parse().map_err(|_| Error::Config(format!("the zoom must be a number, not \"{zoom}\"")))?;

    let model = Arc::new(models::load(models::DEFAULT)?);
    let picture = read_picture(Path::new(input))?;
    let show = |Progress { fraction, .. }: Progress| {
        eprint!("\r{:3.0} %", fraction * 100.0);
        ControlFlow::Continue(())
    };
    let (large, report) = upscale(&model, picture, &Options::new(Target::Zoom(zoom)), show)?;
    eprintln!("\r{} x {} pixels in {:.2} s", large.width, large.height, report.seconds);

    let output = Path::new(output);
    files::replace(output, &encode(&large, Format::from_path(output)?)?)
}
