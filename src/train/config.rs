//! The TOML file of `splitsr train`: the network, the data and the recipe.

use serde::{Deserialize, Serialize};

use super::elastic::NETWORKS;
use super::recipe::{Recipe, Trained};
use crate::config::NetworkConfig;
use crate::elastic::Slice;
use crate::error::{Error, Result};
use crate::model::Model;

/// A training run. In TOML, `[override]` may change single fields of the named recipe:
///
/// ```
/// let config = splitsr::train::TrainConfig::from_toml(r#"
///     name = "splitsr-x2"
///     recipe = "cosine"
///     [network]
///     architecture = "splitsr"
///     scale = 2
///     [override]
///     steps = 20000
/// "#)?;
/// assert_eq!(config.recipe()?.steps, 20_000);
/// # Ok::<(), splitsr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    /// The model's name.
    pub name: String,
    /// "paper" (the default), "cosine" or "fine-tuning": see [`Recipe`].
    #[serde(default = "default_recipe")]
    pub recipe: String,
    /// Seeds the weights and the patches.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// A model (a name or a file) whose weights the run starts from where they fit; `None` = random
    /// ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<String>,
    /// A model of the same scale whose results the network learns too: see [`Recipe::distill`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teacher: Option<String>,
    /// The network.
    pub network: NetworkConfig,
    /// Whether an elastic network is trained, of which `network` is one slice: see
    /// [`crate::elastic`]. If [`Recipe::distill`] is set, its largest slice teaches the others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elastic: bool,
    /// Fields of the recipe to change.
    #[serde(default, rename = "override", skip_serializing_if = "toml::Table::is_empty")]
    pub overrides: toml::Table,
}

fn default_recipe() -> String {
    "paper".into()
}

fn default_seed() -> u64 {
    1
}

impl TrainConfig {
    /// Parses the TOML file of a run and checks it.
    ///
    /// # Errors
    /// [`Error::Config`] says what is wrong with it.
    pub fn from_toml(text: &str) -> Result<Self> {
        let config: Self = toml::from_str(text)
            .map_err(|error| Error::Config(format!("the training config is not valid: {error}")))?;
        config.network.validate()?;
        config.recipe()?;
        Ok(config)
    }

    /// Fine-tunes `model` on a few pictures with [`Recipe::fine_tuning`].
    pub fn fine_tuning(name: &str, model: &Model) -> Self {
        Self {
            name: name.into(),
            recipe: "fine-tuning".into(),
            seed: default_seed(),
            init: Some(model.metadata.name.clone()),
            teacher: None,
            network: model.metadata.config.clone(),
            elastic: false,
            overrides: toml::Table::new(),
        }
    }

    /// Overrides the named recipe so that the run uses `recipe`.
    ///
    /// # Errors
    /// As [`Self::recipe`].
    pub fn set_recipe(&mut self, recipe: &Recipe) -> Result<()> {
        self.overrides = recipe.differences(&self.named()?);
        self.recipe().map(|_| ())
    }

    fn named(&self) -> Result<Recipe> {
        match self.recipe.as_str() {
            "paper" => Ok(Recipe::paper()),
            "cosine" => Ok(Recipe::cosine()),
            "fine-tuning" => Ok(Recipe::fine_tuning()),
            other => Err(Error::Config(format!(
                "there is no recipe \"{other}\": use \"paper\", \"cosine\" or \"fine-tuning\""
            ))),
        }
    }

    /// The named recipe with the overrides applied.
    ///
    /// # Errors
    /// [`Error::Config`] if the recipe is unknown or an override does not fit.
    pub fn recipe(&self) -> Result<Recipe> {
        let mut table = toml::Table::try_from(self.named()?).expect("a recipe is plain data");
        table.extend(self.overrides.clone());
        let recipe: Recipe =
            table.try_into().map_err(|error| Error::Config(format!("[override] is not valid: {error}")))?;
        recipe.validate(self.network.scale())?;
        if self.elastic {
            Slice::default().config(&self.network).map_err(|_| {
                let needed = "architecture = \"splitsr\", block = \"split\", replacement = \"features\"";
                Error::Config(format!("an elastic network needs {needed} and no attention"))
            })?;
            let (batch, later) = (recipe.patches_at(0).0, recipe.patches_at(u64::MAX).0);
            let checks = [
                (batch.min(later) >= NETWORKS, format!("it needs a batch of at least {NETWORKS}")),
                (self.teacher.is_none(), "its largest network is the teacher: leave out teacher".into()),
                (recipe.trained == Trained::All, "all of it is trained: leave out trained".into()),
                (!recipe.needs_replay_set(), "it has no replay set: set replay = 0 and forget = 100".into()),
            ];
            if let Some((_, why)) = checks.into_iter().find(|(holds, _)| !holds) {
                return Err(Error::Config(format!("the network is elastic: {why}")));
            }
        } else if (recipe.distill > 0.0) != self.teacher.is_some() {
            return Err(Error::Config(
                "teacher and distill (its share of the loss) must be set together: set both or neither".into(),
            ));
        }
        let is_light = matches!(&self.network, NetworkConfig::SplitSr(c) if c.lightweight_groups().contains(&true));
        if recipe.trained == Trained::LightBlocks && !is_light {
            return Err(Error::Config(
                "the network has no lightweight groups: choose a value other than \"light-blocks\" for trained".into(),
            ));
        }
        if recipe.bilinear_init && self.init.is_some() {
            return Err(Error::Config("bilinear_init needs random weights: leave out init or bilinear_init".into()));
        }
        let carries_colours = match &self.network {
            NetworkConfig::SplitSr(c) => c.channels >= 3 && !c.lightweight_upsampler(),
            NetworkConfig::Edsr(c) => c.channels >= 3,
            NetworkConfig::San(c) => c.channels >= 3,
            NetworkConfig::Srcnn(_) => true,
        };
        if recipe.bilinear_init && !carries_colours {
            return Err(Error::Config(
                "bilinear_init needs 3 channels or more and replacement = \"features\": change these or leave it out"
                    .into(),
            ));
        }
        Ok(recipe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_that_is_set_is_the_one_that_is_taken() {
        let network = NetworkConfig::SplitSr(crate::config::SplitSrConfig::default());
        for named in ["paper", "cosine", "fine-tuning"] {
            let mut config = TrainConfig {
                name: "a".into(),
                recipe: named.into(),
                seed: 1,
                init: None,
                teacher: None,
                network: network.clone(),
                elastic: false,
                overrides: toml::Table::new(),
            };
            for recipe in [Recipe::paper(), Recipe::cosine(), Recipe::fine_tuning_in(9)] {
                // TOML has no word for none.
                let usual = config.named().unwrap();
                let (clip, score_every) = (recipe.clip.or(usual.clip), recipe.score_every.or(usual.score_every));
                let recipe = Recipe { clip, score_every, ..recipe };
                config.set_recipe(&recipe).unwrap();
                let json = |recipe: &Recipe| serde_json::to_string(recipe).unwrap();
                assert_eq!(json(&config.recipe().unwrap()), json(&recipe), "over {named}");
            }
        }
    }

    /// Recipes in older files keep their meaning.
    #[test]
    fn the_old_names_of_recipe_fields_are_read_and_the_new_ones_written() {
        let base = "name = \"a\"\nrecipe = \"cosine\"\n[network]\narchitecture = \"splitsr\"\n[override]\n";
        let stage = "{ steps = 7, learning_rate = 1e-4, batch = 1, hr_patch = 64, loss = \"l2\" }";
        let recipe = |names: [&str; 3]| {
            let [stage_name, bilinear, branches] = names;
            let fields = format!("{stage_name} = {stage}\n{bilinear} = true\n{branches} = true\n");
            TrainConfig::from_toml(&format!("{base}{fields}")).unwrap().recipe().unwrap()
        };
        let new = recipe(["second_stage", "bilinear_init", "reparameterised"]);
        assert_eq!(recipe(["finish", "interpolating", "branches"]), new);
        assert_eq!((new.all_steps(), new.bilinear_init, new.reparameterised), (40_007, true, true));
        let written = new.differences(&Recipe::cosine());
        let mut names: Vec<_> = written.keys().collect();
        names.sort();
        assert_eq!(names, ["bilinear_init", "reparameterised", "second_stage"]);
    }

    #[test]
    fn a_wrong_field_is_named() {
        let base = "name = \"a\"\nrecipe = \"cosine\"\n[network]\narchitecture = \"splitsr\"\n";
        assert!(TrainConfig::from_toml(base).is_ok());
        for (tail, expected) in [
            ("[override]\nstepz = 3", "stepz"),
            ("[override]\nbatch = 0", "batch must be at least 1"),
            ("[override]\nhr_patch = 8", "hr_patch must be at least"),
            ("[override]\nloss = \"l3\"", "l3"),
            ("[override]\ndistill = 0.5", "teacher and distill"),
            ("[override]\nclip = 0", "clip must be above 0"),
            ("[override]\nshrunk_copies = [1.0]", "shrunk_copies must be"),
            ("[override]\nshuffled_colours = 2", "shuffled_colours must be"),
            ("channels = 2\n[override]\nbilinear_init = true", "3 channels or more"),
            ("replacement = \"both\"\n[override]\nbilinear_init = true", "replacement = \"features\""),
            (
                "[override.second_stage]\nsteps = 0\nlearning_rate = 1e-4\nbatch = 1\nhr_patch = 64\nloss = \"l2\"",
                "steps must",
            ),
        ] {
            let error = TrainConfig::from_toml(&format!("{base}{tail}")).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let elastic = |tail: &str| TrainConfig::from_toml(&format!("elastic = true\n{base}{tail}"));
        assert!(elastic("[override]\ndistill = 0.5").is_ok(), "its largest network teaches");
        for (tail, expected) in [
            ("[override]\nbatch = 3", "a batch of at least 4"),
            ("[override]\nreplay = 0.5", "set replay = 0 and forget = 100"),
            ("[override]\ntrained = \"tail\"", "leave out trained"),
            ("block = \"ghost\"", "an elastic network needs architecture"),
        ] {
            let error = elastic(tail).unwrap_err();
            assert!(matches!(&error, Error::Config(_)) && error.to_string().contains(expected), "{error}");
        }
    }
}
