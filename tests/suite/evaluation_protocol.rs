//! The self-check of the evaluation: bicubic down, bicubic up must give the known numbers on the
//! standard sets. A miss means that the evaluation is wrong, whatever a model's table says.

use splitsr::eval::{SetScore, bicubic, degrade, lanczos3, score_set};

use super::data;

fn bicubic_score(name: &str, scale: usize, images: usize) -> SetScore {
    let score = score_set(&data::folder("eval").join(name), scale, degrade, bicubic, |_| Ok(())).unwrap();
    assert_eq!((score.name.as_str(), score.images), (name, images));
    score
}

fn check(name: &str, images: usize, psnr: [f64; 3]) -> Vec<SetScore> {
    let scores = (2..=4).map(|scale| bicubic_score(name, scale, images)).collect::<Vec<_>>();
    for (score, expected) in scores.iter().zip(psnr) {
        let got = score.scores.psnr_y;
        assert!((got - expected).abs() < 0.03, "{name}: {expected} dB expected, all: {scores:?}");
    }
    scores
}

#[test]
fn set5_psnr_and_ssim() {
    let scores = check("Set5", 5, [33.68, 30.41, 28.43]);
    for (score, expected) in scores.iter().zip([0.9299, 0.8682, 0.8104]) {
        assert!((score.scores.ssim_y - expected).abs() < 0.001, "{scores:?}");
    }
}

#[test]
fn set14_psnr() {
    check("Set14", 14, [30.33, 27.63, 26.09]);
}

#[test]
fn kodak24_psnr() {
    check("Kodak24", 24, [30.85, 28.43, 27.23]);
}

#[test]
fn lanczos_is_a_little_better_than_bicubic() {
    let bicubic = bicubic_score("Set5", 2, 5).scores.psnr_y;
    let lanczos =
        score_set(&data::folder("eval").join("Set5"), 2, degrade, lanczos3, |_| Ok(())).unwrap().scores.psnr_y;
    assert!((0.1..1.0).contains(&(lanczos - bicubic)), "bicubic {bicubic}, lanczos {lanczos}");
}
