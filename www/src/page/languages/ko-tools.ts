/** Korean: links, scores, models and the network. */
import type { Texts } from "../shared/words.ts";

export const texts: Texts = {
  // Links
  "Link copied.": "링크를 복사했어요.",
  "Link copied, without your picture.": "사진 없이 링크를 복사했어요.",
  "Copy link": "링크 복사",
  "Copy link with the settings only": "설정만 담은 링크 복사",
  "Copy link with a compressed copy": "압축한 사본을 담은 링크 복사",
  "Your picture is too large for a link. This one will hold a compressed copy of up to {0}, which is less sharp.":
    "이 사진은 링크에 담기에 너무 커요. 링크에는 {0} 이하로 압축해 덜 선명한 사본이 담겨요.",
  "Copy link with the compressed copy": "압축한 사본이 담긴 링크 복사",
  "The link contains a compressed copy of the picture, which is less sharp.":
    "링크에 담긴 사진은 압축한 사본이라 덜 선명해요.",
  "Copy link with the part ({0})": "영역을 담은 링크 복사({0})",
  "Copy link with the part": "영역을 담은 링크 복사",
  "The link will hold only this part of your picture.": "링크에는 사진의 이 영역만 담겨요.",
  "The link will hold this part of your picture; above {0}, a compressed copy.":
    "링크에는 사진의 이 영역이 담겨요. {0}보다 크면 압축한 사본이 담겨요.",
  "Copy link with the picture ({0})": "사진을 담은 링크 복사({0})",
  "Copy link with the picture": "사진을 담은 링크 복사",
  "The link will hold your file as it is, including any metadata.":
    "링크에 파일이 그대로 담겨요. 메타데이터가 있으면 함께 담겨요.",
  "The link will hold your picture; above {0}, a compressed copy.":
    "링크에 사진이 담겨요. {0}보다 크면 압축한 사본이 담겨요.",
  "Making the link…": "링크 만드는 중…",
  "The browser does not allow copying. Copy the link from here:":
    "브라우저가 복사를 허용하지 않아요. 여기서 링크를 복사하세요:",
  Link: "링크",
  "The link opens a picture that has not been loaded.": "이 링크로 열리는 사진은 아직 불러오지 않았어요.",
  "The link opens the picture at {0}, which has not been loaded.":
    "이 링크로 {0}의 사진이 열려요. 아직 불러오지 않았어요.",
  "The link points to the picture at {0}. The page asks before it loads the picture.":
    "링크는 {0}의 사진을 가리켜요. 링크를 여는 사람에게 사진을 불러올지 먼저 물어봐요.",
  "The link opens this picture, enlarged the same way.": "이 링크로 같은 방식으로 확대한 이 사진이 열려요.",
  "It is {0} KB long.": "길이는 {0}KB예요.",
  "It contains the file as it is, including any metadata.":
    "파일이 그대로 들어 있어요. 메타데이터가 있으면 함께 들어가요.",
  "The link opens a compressed copy of your picture: a JPEG of {0}.":
    "이 링크로 사진의 압축한 사본({0} JPEG)이 열려요.",
  "Remove the picture from the link": "링크에서 사진 빼기",
  "{0} is only on this device, so this link works only here. <0>Download the model</0> and send it along with the link. It can be loaded under Model.":
    "{0} 모델은 이 기기에만 있어서 링크도 여기서만 작동해요. <0>모델을 내려받아</0> 링크와 함께 보내세요. ‘모델’에서 불러올 수 있어요.",
  "The link is too long to be from this page.": "링크가 너무 길어서 이 페이지의 것이 아니에요.",
  "The link's model, {0}, is no longer here. The elastic model enlarges with the same settings.":
    "링크의 모델 {0}은(는) 더 이상 여기에 없어요. 탄력 모델이 같은 설정으로 확대해요.",
  "The link uses a model that this page does not have.": "링크의 모델이 이 페이지에 없어요.",
  "The link compares with something that this page does not have.": "링크의 비교 대상이 이 페이지에 없어요.",
  "The link compares with more than {0} others.": "링크의 비교 대상이 {0}개보다 많아요.",
  "The link's {0} is not one of the choices.": "링크의 {0} 값은 선택할 수 있는 값이 아니에요.",
  "The link cannot be read.": "링크를 읽을 수 없어요.",
  "The link uses a picture that this page does not have.": "링크의 사진이 이 페이지에 없어요.",
  "The link's factor is not a number from {0} to {1}.": "링크의 확대 배율이 {0}부터 {1}까지의 수가 아니에요.",
  "The link names an unknown device.": "링크의 장치를 알 수 없어요.",
  "The link's clean-up must be auto or a number from 0 to 100.":
    "링크의 잡티 제거 값은 auto나 0부터 100까지의 수여야 해요.",
  "The link's selected part cannot be read.": "링크의 영역을 읽을 수 없어요.",
  "The link's hashes cannot be read.": "링크의 해시를 읽을 수 없어요.",
  "The link's view cannot be read.": "링크의 보기 상태를 읽을 수 없어요.",
  "The link's view uses an option this page does not have.": "링크의 보기 옵션이 이 페이지에 없어요.",
  "The link's file format cannot be read.": "링크의 파일 형식을 읽을 수 없어요.",
  "The link's scale for scoring is not one of the choices.": "링크의 채점 배율은 선택할 수 있는 값이 아니에요.",
  "The link's picture is too large for a link.": "링크에 넣기에는 사진이 너무 커요.",
  "The link's picture is empty.": "링크의 사진이 비어 있어요.",
  "The link's picture is cut short.": "링크의 사진이 중간에서 잘렸어요.",

  // Hyper-parameters
  Trained: "학습됨",
  "Not trained: train it yourself": "학습되지 않음: 직접 학습시킬 수 있어요",

  // Verifying
  "Verify the result": "결과 검증",
  "Only the CPU gives the same result on every machine, bit for bit. Set the device to Processor (CPU) or Automatic.":
    "모든 컴퓨터에서 비트까지 같은 결과는 CPU만 낼 수 있어요. 장치를 ‘프로세서(CPU)’나 ‘자동’으로 바꾸세요.",
  "For those who need proof: enlarges again by a slower method that gives the same result on every device, and puts its check value (SHA-256) into the link. Whoever opens the link can compare.":
    "증거가 필요할 때 쓰세요. 어느 기기에서나 같은 결과가 나오는 느린 방식으로 다시 확대하고, 그 결과의 확인값(SHA-256)을 링크에 넣어요. 링크를 여는 사람이 비교할 수 있어요.",
  "The link contains the expected result. It is not verified yet.":
    "링크에 기대하는 결과가 들어 있어요. 아직 검증하지 않았어요.",
  "The result shown is identical to the exact one.": "보이는 결과는 정확한 결과와 똑같아요.",
  "The result shown differs from the exact one by at most {0} of 255 levels.":
    "보이는 결과는 정확한 결과와 255단계 중 최대 {0}단계 달라요.",
  "The link now contains the check value of the exact result.": "이제 링크에 정확한 결과의 확인값이 들어 있어요.",
  "Not reproduced: this page has a different model than the sender.":
    "재현되지 않았어요. 이 페이지의 모델이 보낸 사람의 모델과 달라요.",
  "The picture at {0} may have changed.": "{0}의 사진이 바뀌었을 수 있어요.",
  "Not reproduced: the exact result here differs from the sender's.":
    "재현되지 않았어요. 여기서 나온 정확한 결과가 보낸 사람의 결과와 달라요.",
  "Reproduced exactly.": "정확히 재현됐어요.",

  // Scoring
  Score: "채점",
  "Score the models": "모델 채점",
  "This picture is compressed. Shrinking hides its artefacts, so the scores say nothing about how well a model cleans them up.":
    "이 사진은 압축되어 있어요. 사진을 줄이면 압축 흔적이 가려지므로, 점수는 모델이 흔적을 얼마나 잘 없애는지 알려 주지 않아요.",
  "Shrinks the picture, enlarges it again with every model and resizer, and compares each result with your picture. Higher PSNR and SSIM mean a closer match. Use a sharp picture.":
    "사진을 줄이고, 모든 모델과 일반 방식으로 다시 확대해 원래 사진과 비교해요. PSNR과 SSIM이 높을수록 원래 사진에 더 가까워요. 선명한 사진을 쓰세요.",
  "Scale factor": "배율",
  "Horizontal axis of the plot": "그래프의 가로축",
  "PSNR vs. {0}": "PSNR 대 {0}",
  "Models are green, resizers grey. The ring marks the chosen model.":
    "모델은 초록색, 일반 방식은 회색이에요. 선택한 모델에는 고리가 있어요.",
  "Save as CSV": "CSV 저장",
  "Save plot": "그래프 저장",
  exact: "정확",
  milliseconds: "밀리초",
  "multiply-adds": "곱셈-덧셈",
  "PSNR vs. {0}; the numbers refer to the rows of the table": "PSNR 대 {0}; 번호는 표의 행을 가리켜요",
  "This picture is too large to score. Use one of at most 4 megapixels, or choose a part of it.":
    "채점하기에는 사진이 너무 커요. 4메가픽셀 이하의 사진을 쓰거나 영역을 선택하세요.",
  "There is nothing to plot.": "그릴 것이 없어요.",
  "The browser could not draw the plot.": "브라우저가 그래프를 그리지 못했어요.",

  // Models
  "Not trained": "학습되지 않음",
  "Choose the model automatically": "모델 자동 선택",
  "{0} parameters": "매개변수 {0}개",
  "Chosen automatically, to suit the factor.": "배율에 맞춰 자동으로 선택했어요.",
  "You chose this model.": "직접 선택한 모델이에요.",
  "trained for {0} hours": "{0}시간 학습",
  "trained for {0} minutes": { other: "{0}분 학습" },
  "Load a model from a file": "파일에서 모델 불러오기",
  Delete: "삭제",
  "Deleted {0}. <0>Undo</0>": "{0} 모델을 삭제했어요. <0>되돌리기</0>",
  "Your model, loaded from a file and stored on this device.": "내 모델: 파일에서 불러와 이 기기에 저장했어요.",
  "Your model: a new network started from {0} and trained for {1} steps ({2} vs. {0}). It is stored on this device.": {
    other: "내 모델: {0}에서 시작해 {1}단계 학습한 새 네트워크({0} 대비 {2}). 이 기기에 저장돼 있어요.",
  },
  "Your model: {0} unchanged, because no step improved it. It is stored on this device.":
    "내 모델: 나아진 단계가 없어서 {0} 그대로예요. 이 기기에 저장돼 있어요.",
  "Your model: {0} fine-tuned for {1} steps ({2}). It is stored on this device.": {
    other: "내 모델: {0} 모델을 {1}단계 미세 조정({2}). 이 기기에 저장돼 있어요.",
  },
  "SplitSR ×2 (best)": "SplitSR ×2(최고 품질)",
  "SplitSR ×2 (balanced)": "SplitSR ×2(균형)",
  "SplitSR ×2 (fast)": "SplitSR ×2(빠름)",
  "SplitSR ×3 (best)": "SplitSR ×3(최고 품질)",
  "SplitSR ×4 (best)": "SplitSR ×4(최고 품질)",
  "SplitSR ×4 (fast)": "SplitSR ×4(빠름)",
  "Elastic ×{0} (choose the speed)": "탄력 모델 ×{0}(속도 선택)",
  "SplitSR ×{0}, hybrid index {1}": "SplitSR ×{0}, 하이브리드 지수 {1}",
  "For photographs": "사진용",
  Yours: "내 모델",
  "Many networks in one": "여러 네트워크를 하나로",
  "For research": "연구용",
  "The new model needs a name.": "새 모델의 이름을 입력하세요.",
  "A name can have at most {0} characters.": "이름은 {0}자까지 쓸 수 있어요.",
  "A name can contain only letters, digits, hyphens, dots and underscores.":
    "이름에는 영문자, 숫자, 하이픈, 점, 밑줄만 쓸 수 있어요.",
  "A model called {0} already exists. Choose another name.": "{0} 모델이 이미 있어요. 다른 이름을 고르세요.",
  "This model is already in the list as {0}.": "이 모델은 {0} 이름으로 이미 목록에 있어요.",
  "Another model is called {0}, so this one is named {1}.":
    "{0} 모델이 이미 있어서 이 모델은 {1}(으)로 이름을 정했어요.",
  "{0} stays in the list until you close this page. Download it to keep it.":
    "{0} 모델은 이 페이지를 닫을 때까지 목록에 남아요. 계속 쓰려면 내려받으세요.",
  "There is no space left on this device. Earlier versions are still saved; free up space to save new ones.":
    "이 기기에 남은 공간이 없어요. 이전 상태는 저장돼 있어요. 새로 저장하려면 공간을 비우세요.",
  "The browser does not let this page save anything on this device ({0}).":
    "브라우저가 이 기기에 저장하는 것을 허용하지 않아요({0}).",

  // Network
  Network: "네트워크",
  "For those who study the network. To enlarge pictures, you need nothing here.":
    "네트워크를 살펴보려는 분을 위한 곳이에요. 사진을 확대할 때는 여기서 할 일이 없어요.",
  "Split ratio": "분할 비율",
  "split ratio": "분할 비율",
  "Hybrid index": "하이브리드 지수",
  "hybrid index": "하이브리드 지수",
  "Hybrid mode": "하이브리드 방식",
  "hybrid mode": "하이브리드 방식",
  Replacement: "교체 대상",
  replacement: "교체 대상",
  Block: "블록",
  block: "블록",
  "{0} of {1}": "{1} 중 {0}",
  "split first": "분할 먼저",
  "standard first": "표준 먼저",
  interleaved: "번갈아",
  features: "특징 추출부",
  upsampler: "업샘플러",
  both: "둘 다",
  split: "split",
  shuffle: "shuffle",
  "inverted residual": "inverted residual",
  idle: "idle",
  ghost: "ghost",
  "Choose settings marked ✓ under Network, or train this network under Fine-tune.":
    "‘네트워크’에서 ✓ 표시가 있는 설정을 고르거나 ‘미세 조정’에서 이 네트워크를 학습하세요.",
  "Choose settings marked ✓ under Network, or another model.":
    "‘네트워크’에서 ✓ 표시가 있는 설정을 고르거나 다른 모델을 고르세요.",
  "This network has not been trained, so it cannot enlarge.": "이 네트워크는 학습되지 않아서 확대할 수 없어요.",
  "{0} is included for comparison and has none of SplitSR's hyper-parameters. {1}":
    "{0}: 비교용 모델이라 SplitSR의 하이퍼파라미터가 없어요. {1}",
  "This model contains a network for each split ratio, hybrid index and mode. Moving a slider updates the result if that takes at most four seconds. {0}":
    "이 모델에는 분할 비율, 하이브리드 지수, 방식마다 네트워크가 하나씩 들어 있어요. 4초 이내로 걸리는 동안은 결과가 슬라이더를 따라 바뀌어요. {0}",
  "<0>{0}</0>&nbsp;was trained for this network alone{1}.": "<0>{0}</0>&nbsp;모델은 이 네트워크만 학습했어요{1}.",
  "One model for every split ratio, hybrid index and hybrid mode":
    "모든 분할 비율, 하이브리드 지수, 하이브리드 방식을 담은 모델 하나",
  "Trade quality for speed: {0}": "화질과 속도 조절하기: {0}",
  "{0} billion multiply-adds for 1280 × 720": "1280 × 720 기준 곱셈-덧셈 {0}×10⁹회",
  "billion multiply-adds for 1280 × 720": "1280 × 720 기준 곱셈-덧셈(10⁹회)",
  "receptive field: the whole picture": "수용 영역: 사진 전체",
  "receptive field: {0} × {1} pixels": "수용 영역: {0} × {1}픽셀",
  "{0} ms per megapixel of the result, measured on this {1} at ×{2}": "결과 1메가픽셀당 {0}ms(이 {1}에서 ×{2}로 측정)",
  "about {0} ms per megapixel of the result (estimated)": "결과 1메가픽셀당 약 {0}ms(추정)",
  "PSNR of this network on the validation pictures: {0}.": "검증 사진에서 이 네트워크의 PSNR: {0}.",
  "PSNR vs. multiply-adds of {0} networks. {1}": "네트워크 {0}개의 PSNR 대 곱셈-덧셈. {1}",
  "Each dot is a network of this model; the line connects those with the current split ratio. Each diamond is a model trained for one network alone.":
    "점 하나가 이 모델의 네트워크 하나예요. 선은 이 분할 비율의 네트워크를 이어요. 마름모는 네트워크 하나만 학습한 모델이에요.",
  faster: "빠르게",
  better: "좋게",
  Quality: "품질",
  "no clean-up": "잡티 제거 없음",
  "Time limit for the picture, in ms": "사진에 쓸 시간(ms)",
  "The time limit must be above 0 ms.": "시간은 0ms보다 길어야 해요.",
  "Chooses the best network expected to finish in this time":
    "그 시간 안에 끝날 것으로 보이는 가장 좋은 네트워크를 골라요",
  "Upsampler: 1 × 1, {0} → {1}, pixel shuffle ×{2}": "업샘플러: 1 × 1, {0} → {1}, 픽셀 셔플 ×{2}",
  "Upsampler: 3 × 3, {0} → {1}, pixel shuffle ×{2}": "업샘플러: 3 × 3, {0} → {1}, 픽셀 셔플 ×{2}",
  "Head: 3 × 3, 3 → {0}": "머리: 3 × 3, 3 → {0}",
  "3 × 3, {0} → {1}, plus the head's output": "3 × 3, {0} → {1}, 머리의 출력을 더함",
  "Tail: 3 × 3, {0} → 3": "꼬리: 3 × 3, {0} → 3",
  "Each standard block ends with channel attention.": "표준 블록은 모두 채널 어텐션으로 끝나요.",
  "Head, {0} groups of {1} blocks, {2} of them lightweight, lightweight upsampler, tail":
    "머리, 블록 {1}개짜리 그룹 {0}개(그중 {2}개는 경량), 경량 업샘플러, 꼬리",
  "Head, {0} groups of {1} blocks, {2} of them lightweight, standard upsampler, tail":
    "머리, 블록 {1}개짜리 그룹 {0}개(그중 {2}개는 경량), 표준 업샘플러, 꼬리",
  "Read the drawing from top to bottom. Each column is a group. Each row is a block, and its bars are the channels it convolves, in colour in lightweight groups. The group's own convolution is at the bottom. {0} A ✓ in the lists marks a choice with trained weights.":
    "그림은 위에서 아래로 보세요. 열 하나가 그룹이고 행 하나가 블록이에요. 막대는 블록이 합성곱하는 채널이고, 경량 그룹에서는 색이 있어요. 맨 아래는 그룹 자체의 합성곱이에요. {0} 목록의 ✓는 학습된 가중치가 있다는 표시예요.",
  "A lightweight group, enlarged:": "경량 그룹을 크게 본 그림:",
  "A lightweight block, enlarged:": "경량 블록을 크게 본 그림:",
  "Bicubic, ×{0}; then on luma only": "바이큐빅, ×{0}; 그다음은 휘도만",
  "Bicubic enlargement, then three convolutions on luma only: {0}": "바이큐빅로 확대한 다음 휘도에만 합성곱 세 번: {0}",
  "Head, non-local block, {0} groups with second-order attention, non-local block, upsampler, tail":
    "머리, 비국소 블록, 2차 어텐션이 있는 그룹 {0}개, 비국소 블록, 업샘플러, 꼬리",
  "Non-local block in windows of 24 × 24 pixels": "24 × 24 픽셀 창의 비국소 블록",
  "Second-order attention at the end of each group": "각 그룹 끝의 2차 어텐션",
  "Head, {0} residual blocks, upsampler, tail": "머리, 잔차 블록 {0}개, 업샘플러, 꼬리",
  "The channels of {0} blocks, and how they move from one block to the next": {
    other: "블록 {0}개의 채널과, 채널이 다음 블록으로 옮겨 가는 모습",
  },
  Schedule: "작업 분할",
  "The link's schedule or time limit needs an elastic model.":
    "링크의 작업 분할이나 시간 제한에는 탄력 모델이 필요합니다.",
  "The link's time limit must be a number of milliseconds above 0.":
    "링크의 시간 제한은 0보다 큰 밀리초 값이어야 합니다.",
  "The link names a schedule that this page does not have.": "링크의 작업 분할은 이 페이지에 없는 방식입니다.",
  "The link's effort must be a number from 0 to 100.": "링크의 노력 값은 0에서 100 사이의 숫자여야 합니다.",
  Effort: "노력",
  "Below 100 %, the network enlarges only the parts that gain much from it. A smaller network or plain (bicubic) enlarging does the rest, on the processor.":
    "100% 미만이면 네트워크는 효과가 큰 부분만 확대해요. 나머지는 더 작은 네트워크나 단순한 확대(바이큐빅)가 프로세서에서 처리해요.",
  "Show which network computed what": "어느 네트워크가 어디를 계산했는지 보기",
  "the network": "네트워크",
  "the smaller network": "더 작은 네트워크",
  "Parts enlarged by the network: {0}, by the smaller one: {1}, by bicubic: {2}. That took {3} % of the full work.":
    "네트워크가 확대한 부분 {0}개, 더 작은 네트워크 {1}개, 바이큐빅 {2}개. 전체 작업량의 {3}%가 들었어요.",
  "The exact result comes from the network alone, at an effort of 100 %.":
    "정확한 결과는 노력 100%로 네트워크만 사용해 만든 것입니다.",
  "looks about as sharp as the best (PSNR {0} dB lower)": "최고와 거의 똑같이 선명해 보임 (PSNR {0}dB 낮음)",
  "a little less sharp than the best (PSNR {0} dB lower)": "최고보다 조금 덜 선명함 (PSNR {0}dB 낮음)",
  "less sharp than the best (PSNR {0} dB lower)": "최고보다 덜 선명함 (PSNR {0}dB 낮음)",
  "{0} (split ratio {1}, hybrid index {2})": "{0} (분할 비율 {1}, 하이브리드 지수 {2})",
};
