/** Korean: sentences end in 해요, buttons are nouns where they can be. */
import type { Texts } from "../shared/words.ts";

export const texts: Texts = {
  // index.html
  "SplitSR: enlarge pictures on your own device": "SplitSR: 내 기기에서 사진 확대",
  Viewer: "뷰어",
  "Picture. Arrow keys move it, plus and minus zoom, 0 fits it to the window, 1 shows actual pixels, X swaps the two pictures, space shows the original while it is held.":
    "사진. 화살표 키로 움직이고, 더하기와 빼기로 배율을 바꿔요. 0은 창에 맞추고, 1은 실제 픽셀로 보여 주고, X는 두 사진을 맞바꿔요. 스페이스를 누르고 있으면 원본이 보여요.",
  "Comparison: original left, enlarged right": "비교: 왼쪽은 원본, 오른쪽은 확대본",
  Original: "원본",
  Enlarged: "확대본",
  "Drag over the part that you want to enlarge.": "확대할 부분을 드래그하세요.",
  "Whole picture": "전체 사진",
  View: "보기",
  "Zoom out": "축소해서 보기",
  "Show actual pixels": "실제 픽셀로 보기",
  "Zoom in": "확대해서 보기",
  "Show all of the picture (key 0)": "사진 전체 보기(0 키)",
  Fit: "맞춤",
  "Enlarge only a part: drag to mark it, then move it or its edges. If you have zoomed in, the part is at first what you see":
    "일부만 확대해요. 드래그해서 표시한 뒤 영역이나 가장자리를 옮기세요. 확대해서 보고 있으면 처음에는 보이는 부분이 선택돼요",
  "Select area": "영역 선택",
  "Show both pictures next to each other": "두 사진을 나란히 보기",
  "Side by side": "나란히",
  "Swap the two pictures in place (key X)": "두 사진을 제자리에서 맞바꾸기(X 키)",
  Swap: "바꾸기",
  "Magnify what is under the pointer: before on the left, after on the right":
    "포인터 아래를 크게 보기: 왼쪽은 확대 전, 오른쪽은 확대 후",
  Loupe: "돋보기",
  "Show the original's pixels as squares, without smoothing": "원본 픽셀을 부드럽게 하지 않고 네모로 보기",
  "Raw pixels": "원본 픽셀",
  Controls: "조작",

  // The page
  "super-resolution in your browser": "브라우저에서 하는 초해상도",
  "Your pictures never leave this device. All the work is done in this page.":
    "사진은 이 기기를 벗어나지 않아요. 모든 작업은 이 페이지 안에서 이루어져요.",
  "Manual and reference": "설명서와 참고 자료(영어)",
  Language: "언어",
  "Save and share": "저장과 공유",
  "A part of this page could not be loaded. Check the connection and try again.":
    "페이지의 일부를 불러오지 못했어요. 연결을 확인하고 다시 시도하세요.",
  "Starting…": "시작하는 중…",
  "Cancelled.": "취소했어요.",
  "This site has no models: its models/index.json is empty. Ask its owner to add some.":
    "이 사이트에는 모델이 없어요. models/index.json이 비어 있어요. 운영자에게 모델을 추가해 달라고 하세요.",
  "Reading {0}…": "{0} 읽는 중…",
  "Enlarged ×{0}": "확대본 ×{0}",
  "Part enlarged ×{0}": "일부 확대본 ×{0}",
  "Cutting out the part…": "영역을 잘라 내는 중…",
  "Going back to the whole picture…": "전체 사진으로 돌아가는 중…",
  "Enlarging to {0}…": "{0}로 확대하는 중…",
  "Done in {0}: {1}.": "{0} 만에 끝났어요: {1}.",
  "Verifying: enlarging again with exact arithmetic…": "검증 중: 정확한 연산으로 다시 확대하고 있어요…",
  "Enlarging all pictures…": "모든 사진을 확대하는 중…",
  "Scoring {0}…": "{0} 채점 중…",
  "Scored {0} methods: see the table.": "{0}가지 방법을 채점했어요. 표를 보세요.",
  "Shrinking the picture…": "사진을 줄이는 중…",

  // Numbers
  "{0} × {1} pixels": "{0} × {1}픽셀",
  "{0} ms": "{0}ms",
  "{0} s": "{0}초",
  "about {0} ms": "약 {0}ms",
  "about {0} s": "약 {0}초",
  "about {0} min": "약 {0}분",
  "about {0} h": "약 {0}시간",
  "{0} to {1} s": "{0}~{1}초",
  "{0} to {1} min": "{0}~{1}분",
  "{0} to {1} h": "{0}~{1}시간",
  "Note: {0}.": "참고: {0}.",

  // Opening
  "Enlarge a picture": "사진 확대",
  "<0>Drop it here, paste it, or</0><1>choose one or more files</1>.":
    "<0>여기에 놓거나 붙여 넣거나, </0><1>파일을 하나 이상 선택</1>하세요.",
  "Or try one of these": "아니면 예제로 시작하기",
  Picture: "사진",
  "Take a photo": "사진 찍기",
  "Open a folder": "폴더 열기",
  "You can choose several at once<0>, or <1>a folder</1></0>.":
    "한 번에 여러 장<0>이나 <1>폴더</1></0>를 선택할 수 있어요.",
  "Open another": "다른 사진 열기",
  "Open a picture": "사진 열기",
  "Open the picture that you copied": "복사한 사진 열기",
  Paste: "붙여넣기",
  transparent: "투명",
  "part: {0}": "영역: {0}",
  "The shared picture did not arrive here. Save it on this device, and then open the file.":
    "공유한 사진이 도착하지 않았어요. 이 기기에 저장한 다음 파일을 여세요.",
  "The browser does not let this page read what you copied. Allow it, or open a file.":
    "브라우저가 복사한 내용을 읽지 못하게 했어요. 허용하거나 파일을 여세요.",
  "Enlarging the part while you mark it…": "표시하는 동안 영역을 확대하는 중…",
  "Load the picture": "사진 불러오기",
  "That site will see the request. It has not been contacted yet, and your results stay on this device.":
    "그 사이트에 요청이 전달돼요. 아직은 접속하지 않았고, 결과는 이 기기에 남아요.",
  "The link's picture is at <0>{0}</0>.": "링크의 사진은 <0>{0}</0>에 있어요.",
  "The picture is at <0>{0}</0>.": "사진은 <0>{0}</0>에 있어요.",
  "The link's picture is at {0}. Load it, or open another one.":
    "링크의 사진은 {0}에 있어요. 불러오거나 다른 사진을 여세요.",
  "a picture from the link": "링크의 사진",
  "The link contains a picture of {0}. Press Enlarge to start.":
    "링크에 {0} 사진이 들어 있어요. ‘확대’를 누르면 시작해요.",
  "Loading the picture from {0}…": "{0}에서 사진을 불러오는 중…",
  "{0}, from {1}": "{0}, 출처: {1}",
  "{0} other files are no pictures and left out.": { other: "사진이 아닌 파일 {0}개는 뺐어요." },
  "There is no picture in this folder. Choose another one.": "이 폴더에는 사진이 없어요. 다른 폴더를 선택하세요.",
  "Reading the files…": "파일을 읽는 중…",
  "There is nothing in this folder. Choose another one.": "이 폴더는 비어 있어요. 다른 폴더를 선택하세요.",
  "The picture is at {0}. Load it, or open another one.": "사진은 {0}에 있어요. 불러오거나 다른 사진을 여세요.",
  "Choose the settings yourself, or ask for a new link.": "설정을 직접 고르거나 새 링크를 받으세요.",
  "The rest of the link is kept. Choose what is missing yourself, or ask for a new link.":
    "링크의 나머지는 그대로 썼어요. 빠진 것은 직접 고르거나 새 링크를 받으세요.",
  "That picture has no address that leads here. Save it first, then open or drop the file.":
    "그 사진에는 여기서 쓸 수 있는 주소가 없어요. 먼저 저장한 다음 파일을 열거나 여기에 놓으세요.",
  "That was text, not a picture. Paste a picture or its address: https://…":
    "사진이 아니라 텍스트예요. 사진이나 사진 주소를 붙여 넣으세요: https://…",
  "That was not a picture file. Save the picture first, then open or drop the file.":
    "사진 파일이 아니에요. 먼저 사진을 저장한 다음 파일을 열거나 여기에 놓으세요.",
  "{0} does not answer. Try again later, or save the picture from that site and open the file.":
    "{0}에서 응답이 없어요. 나중에 다시 시도하거나, 그 사이트에서 사진을 저장한 다음 파일을 여세요.",
  "Save the picture from that site and open the file.": "그 사이트에서 사진을 저장한 다음 파일을 여세요.",
  "{0} does not let other sites read its pictures.": "{0}의 사진은 다른 사이트에서 읽을 수 없어요.",
  "{0} cannot be reached. Check the address and the connection, or save the picture from that site and open the file.":
    "{0}에 접속할 수 없어요. 주소와 연결을 확인하거나, 그 사이트에서 사진을 저장한 다음 파일을 여세요.",
  "The file at {0} is larger than {1} MB.": "{0}의 파일이 {1}MB보다 커요.",
  "{0} has no such picture (it answered {1}). Check the address.":
    "{0}에 그런 사진이 없어요(응답: {1}). 주소를 확인하세요.",
  "{0} did not send the picture (it answered {1}).": "{0}에서 사진을 보내지 않았어요(응답: {1}).",
  "The data: address is damaged or cut short. Copy all of it, or save the picture and open the file.":
    "data: 주소가 손상되었거나 잘렸어요. 전체를 복사하거나, 사진을 저장한 다음 파일을 여세요.",
  "The browser cannot show a picture this large. Choose a smaller zoom.":
    "브라우저가 이렇게 큰 사진은 보여 줄 수 없어요. 배율을 낮추세요.",

  // Examples
  Sign: "표지판",
  "A wooden road sign: welcome to colorful Colorado": "나무 도로 표지판: 콜로라도에 오신 것을 환영합니다",
  Façade: "건물",
  "The many windows of the Hawa Mahal": "창이 많은 하와 마할",
  Fur: "털",
  "A golden retriever": "골든 리트리버",
  Portrait: "인물",
  "A smiling girl with a pink hair band": "분홍색 머리띠를 하고 웃는 소녀",
  Foliage: "나뭇잎",
  "Violet asters with leaves": "보라색 과꽃과 잎",
  Print: "판화",
  "A Japanese woodblock print of two officers, with script": "장교 두 사람과 글씨가 있는 일본 목판화",
  "Snapshot, JPEG": "스냅 사진, JPEG",
  "The smiling girl, strongly compressed": "웃는 소녀, 강하게 압축됨",
  "Screenshot, JPEG": "스크린샷, JPEG",
  "A compressed screenshot of a tide log": "압축된 조석 기록 스크린샷",

  // Enlarging
  Zoom: "배율",
  "{0} times": "{0}배",
  "Zoom factor, {0} to {1}": "배율, {0}~{1}",
  "Any number from 1 to 16, such as 2.5": "1부터 16까지의 수, 예: 2.5",
  "{0} of the result in pixels": "결과의 {0}(픽셀)",
  Width: "너비",
  Height: "높이",
  W: "너비",
  H: "높이",
  "Result: {0}": "결과: {0}",
  "Result: {0}; {1}, {2} of memory": "결과: {0}; {1}, 메모리 {2}",
  Automatic: "자동",
  "Processor (CPU)": "프로세서(CPU)",
  "Graphics card (WebGPU)": "그래픽 카드(WebGPU)",
  "Enlarge at once what takes up to {0} seconds": "{0}초까지 걸리는 것은 바로 확대",
  Device: "장치",
  Enlarge: "확대",
  Progress: "진행률",
  Cancel: "취소",
  "Use {0} instead": "대신 {0} 사용",
  Size: "크기",
  Time: "시간",
  Model: "모델",
  "{0} (called {1} in its file)": "{0}(파일 속 이름: {1})",
  Reason: "이유",
  Tiles: "타일",
  Note: "참고",
  "Model SHA-256": "모델 SHA-256",
  "Output SHA-256": "결과 SHA-256",
  Report: "보고서",
  "That takes {0}: press Enlarge.": "{0} 걸려요. ‘확대’를 누르세요.",
  "Enlarging the part in view…": "보이는 부분을 확대하는 중…",
  "Zoom in to enlarge what you see.": "더 가까이 보면 보이는 부분을 확대해요.",
  "The part in view is enlarged.": "보이는 부분을 확대했어요.",
  "All of it takes {0}: press Enlarge.": "전체는 {0} 걸려요. ‘확대’를 누르세요.",
  "Choose a zoom from {0} to {1}.": "배율을 {0}에서 {1} 사이로 고르세요.",
  "Ready: {0} to {1}.": "준비됐어요: {0} → {1}.",
  "Open a picture to start.": "사진을 열면 시작할 수 있어요.",
  "Part: {0} × {1} pixels at {2}, {3}. Arrow keys move it, Shift and arrow keys resize it, Delete removes it.":
    "영역: {2}, {3} 위치의 {0} × {1}픽셀. 화살표 키로 옮기고, Shift와 화살표 키로 크기를 바꾸고, Delete 키로 없애요.",
  "Original: {0}": "원본: {0}",
  "Enlarged: {0}": "확대본: {0}",

  // Clean-up
  "Clean-up": "잡티 제거",
  "Automatic: as much as the file needs": "자동: 파일에 필요한 만큼",
  "This model has no second set of weights, for compressed pictures.":
    "이 모델에는 압축된 사진을 위한 두 번째 가중치가 없어요.",
  "Removes what JPEG compression left in a picture.": "JPEG 압축이 사진에 남긴 흔적을 없애요.",
  "This picture shows no trace of compression.": "이 사진에는 압축 흔적이 없어요.",

  // Several pictures
  "Enlarging {0} of {1}: {2}…": "{1}장 중 {0}번째 확대 중: {2}…",
  "Saved {0} of {1} pictures.": { other: "사진 {1}장 중 {0}장을 저장했어요." },
  "{0} could not be enlarged; the list says why.": { other: "{0}장은 확대하지 못했어요. 이유는 목록에 있어요." },
  waiting: "대기 중",
  working: "진행 중",
  done: "완료",
  failed: "실패",
  "Enlarge the remaining {0}": "남은 {0}장 확대",
  "Enlarge all {0} and save as zip": "{0}장 모두 확대해 zip으로 저장",
  "The results are larger than 4 GB, the most a zip file holds. Open fewer pictures, or choose a smaller zoom.":
    "결과가 zip 파일의 한계인 4GB보다 커요. 사진 수를 줄이거나 배율을 낮추세요.",

  // Comparing
  Compare: "비교",
  "Comparing…": "비교하는 중…",
  "Comparing with {0}…": "{0} 비교 중…",
  "The original": "원본",
  "{0} at most": "최대 {0}개",
  "Add another…": "더 추가…",
  Resizers: "일반 확대 방식",
  "PSNR and SSIM say how close each one is to the result, not how good it is. “Score the models” tells which one is better.":
    "PSNR과 SSIM은 결과와 얼마나 비슷한지를 나타내요. 얼마나 좋은지를 뜻하지는 않아요. 무엇이 더 나은지는 ‘모델 채점’이 알려 줘요.",
  "Show differences": "차이 보기",
  "{0} (yours)": "{0}(내 모델)",
  "Show this to the left of the line": "선 왼쪽에 보기",
  "Remove {0}": "{0} 제거",
  identical: "동일",
  "{0}; computed again when shown, to save memory": "{0}; 메모리를 아끼려고 볼 때 다시 계산해요",
  "The two are identical.": "둘은 똑같아요.",
  "The two have the same luma.": "둘은 휘도가 같아요.",
  "Distance from the result: PSNR {0} dB{1}. Of 255 levels, pixels differ by {2} on average and by at most {3}.":
    "결과와의 거리: PSNR {0} dB{1}. 255단계 가운데 픽셀 차이는 평균 {2}, 최대 {3}.",
  "Nearest pixel": "최근접 픽셀",
  Bilinear: "바이리니어",
  Bicubic: "바이큐빅",
  bicubic: "바이큐빅",
  Lanczos: "란초스",

  // Saving
  "Saved.": "저장했어요.",
  "The file is ready now. Press Share again.": "이제 파일이 준비됐어요. ‘공유’를 다시 누르세요.",
  "Download {0}": "{0} 저장",
  Share: "공유",
  "File format": "파일 형식",
  "WebP, lossless": "WebP, 무손실",
  "{0} (not in this browser)": "{0}(이 브라우저에서는 안 됨)",
  "{0} quality, 1 to 100; 100 is lossless": "{0} 품질, 1~100; 100은 무손실",
  "{0} quality, 1 to 100": "{0} 품질, 1~100",
  "JPEG has no transparency: transparent areas become white.": "JPEG에는 투명도가 없어서 투명한 부분이 흰색이 돼요.",
  "Keep camera, date and location": "카메라, 날짜, 위치 정보 유지",

  // Links
  "Link copied": "링크 복사됨",
  "Copy link": "링크 복사",
  "The link opens a picture, which has not been loaded.": "이 링크로 열리는 사진은 아직 불러오지 않았어요.",
  "The link opens the picture at {0}, which has not been loaded.":
    "이 링크로 {0}의 사진이 열려요. 아직 불러오지 않았어요.",
  "The link contains the settings but not your picture.": "링크에는 설정만 있고 사진은 없어요.",
  "Works for a small picture or a small part of one": "작은 사진이나 사진의 작은 영역에만 쓸 수 있어요",
  "Include the part in the link": "링크에 영역 넣기",
  "Include the picture in the link": "링크에 사진 넣기",
  "The link points to the picture at {0}. Whoever opens it is asked before the picture is loaded.":
    "링크는 {0}의 사진을 가리켜요. 링크를 여는 사람에게 사진을 불러올지 먼저 물어봐요.",
  "The link opens this picture, enlarged the same way.": "이 링크로 같은 방식으로 확대한 이 사진이 열려요.",
  "It is {0} KB long.": "길이는 {0}KB예요.",
  "It contains the file as it is, with its metadata if it has any.":
    "파일이 그대로 들어 있어요. 메타데이터가 있으면 함께 들어가요.",
  "The link opens this picture, enlarged the same way. {0} {1}":
    "이 링크로 같은 방식으로 확대한 이 사진이 열려요. {0} {1}",
  "Take the picture out of the link": "링크에서 사진 빼기",
  "{0} is only on this device, so this link works only here. <0>Download the model</0> and send it along with the link. It can be loaded under Model.":
    "{0} 모델은 이 기기에만 있어서 링크도 여기서만 작동해요. <0>모델을 내려받아</0> 링크와 함께 보내세요. ‘모델’에서 불러올 수 있어요.",
  "The browser does not allow copying. Copy the address of this page instead; it is the same link.":
    "브라우저가 복사를 허용하지 않아요. 대신 이 페이지의 주소를 복사하세요. 같은 링크예요.",
  "The link is too long to be from this page.": "링크가 너무 길어서 이 페이지의 것이 아니에요.",
  "The link uses a model that this page does not have.": "링크의 모델이 이 페이지에 없어요.",
  "The link compares with something that this page does not have.": "링크의 비교 대상이 이 페이지에 없어요.",
  "The link compares with more than {0} others.": "링크의 비교 대상이 {0}개보다 많아요.",
  "The link's {0} is not one of the choices.": "링크의 {0} 값은 선택할 수 있는 값이 아니에요.",
  "The link cannot be read.": "링크를 읽을 수 없어요.",
  "The link uses a picture that this page does not have.": "링크의 사진이 이 페이지에 없어요.",
  "The link's zoom is not a number from {0} to {1}.": "링크의 배율이 {0}부터 {1}까지의 수가 아니에요.",
  "The link names an unknown device.": "링크의 장치를 알 수 없어요.",
  "The link's clean-up must be auto or a number from 0 to 100.":
    "링크의 잡티 제거 값은 auto나 0부터 100까지의 수여야 해요.",
  "The link's part of the picture cannot be read.": "링크의 영역을 읽을 수 없어요.",
  "The link's hashes cannot be read.": "링크의 해시를 읽을 수 없어요.",
  "The link's view cannot be read.": "링크의 보기 상태를 읽을 수 없어요.",
  "The link's view has a switch that this page does not have.": "링크의 보기 스위치가 이 페이지에 없어요.",
  "The link's file format cannot be read.": "링크의 파일 형식을 읽을 수 없어요.",
  "The link's scale for scoring is not one of the choices.": "링크의 채점 배율은 선택할 수 있는 값이 아니에요.",
  "The link's picture is too large for a link.": "링크에 넣기에는 사진이 너무 커요.",
  "The link's picture is empty.": "링크의 사진이 비어 있어요.",
  "The link's picture is cut short.": "링크의 사진이 중간에서 잘렸어요.",
  "The picture needs {0} in the link, but only {1} fit. Choose a smaller part with “Select area”.":
    "사진을 넣으려면 {0}가 필요한데 링크에는 {1}까지만 들어가요. ‘영역 선택’으로 더 작은 부분을 고르세요.",

  // Verifying
  "Verify the result": "결과 검증",
  "Only the CPU gives the same result on every machine, bit for bit. Set the device to Processor (CPU) or Automatic.":
    "모든 컴퓨터에서 비트까지 같은 결과는 CPU만 낼 수 있어요. 장치를 ‘프로세서(CPU)’나 ‘자동’으로 바꾸세요.",
  "Enlarge again with a slower method that gives the same result on every machine, bit for bit":
    "모든 컴퓨터에서 비트까지 같은 결과가 나오는 느린 방식으로 다시 확대해요",
  "The link contains the expected result. It is not verified yet.":
    "링크에 기대하는 결과가 들어 있어요. 아직 검증하지 않았어요.",
  "The result shown is identical to the exact one.": "보이는 결과는 정확한 결과와 똑같아요.",
  "The result shown differs from the exact one by at most {0} levels.": {
    other: "보이는 결과는 정확한 결과와 최대 {0}단계 달라요.",
  },
  "The link now contains the hash of the exact result.": "이제 링크에 정확한 결과의 해시가 들어 있어요.",
  "Not reproduced: this page has a different model than the sender.":
    "재현되지 않았어요. 이 페이지의 모델이 보낸 사람의 모델과 달라요.",
  "The picture at {0} may have changed.": "{0}의 사진이 바뀌었을 수 있어요.",
  "Not reproduced: the exact result here differs from the sender's.":
    "재현되지 않았어요. 여기서 나온 정확한 결과가 보낸 사람의 결과와 달라요.",
  "Reproduced exactly.": "정확히 재현됐어요.",

  // Scoring
  Score: "채점",
  "Score the models": "모델 채점",
  "Shrinks the picture with the standard benchmark method, enlarges it again with every model and resizer, and compares each result with the original. Use a sharp picture.":
    "사진을 표준 벤치마크 방식으로 줄이고, 모든 모델과 일반 방식으로 다시 확대해 원본과 비교해요. 선명한 사진을 쓰세요.",
  "Scale factor": "배율",
  "Horizontal axis of the plot": "그래프의 가로축",
  "PSNR vs. {0}": "PSNR 대 {0}",
  "Models are green, resizers grey. The ring is around the chosen model.":
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
  "Let the model follow the zoom": "배율에 맞춰 모델 선택",
  "for ×{0}": "×{0}용",
  "many networks, see Network below": "여러 네트워크, 아래 ‘네트워크’ 참고",
  "{0} parameters": "매개변수 {0}개",
  "chosen to suit the zoom": "배율에 맞춰 선택됨",
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
  "Elastic ×{0} (any split ratio)": "탄력 모델 ×{0}(모든 분할 비율)",
  "SplitSR ×{0}, split ratio {1}": "SplitSR ×{0}, 분할 비율 {1}",
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
  "There is no room left on this device. Earlier versions are still saved; free some space to save new ones.":
    "이 기기에 남은 공간이 없어요. 이전 상태는 저장돼 있어요. 새로 저장하려면 공간을 비우세요.",
  "The browser does not let this page save anything on this device ({0}).":
    "브라우저가 이 기기에 저장하는 것을 허용하지 않아요({0}).",

  // Network
  Network: "네트워크",
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
  "Choose values marked ✓ under Network, or train this network under Fine-tune.":
    "‘네트워크’에서 ✓ 표시가 있는 값을 고르거나 ‘미세 조정’에서 이 네트워크를 학습하세요.",
  "Choose values marked ✓ under Network, or a model.": "‘네트워크’에서 ✓ 표시가 있는 값을 고르거나 모델을 고르세요.",
  "No model has been trained with these hyper-parameters.": "이 하이퍼파라미터로 학습된 모델이 없어요.",
  "{0} is included for comparison and has none of SplitSR's hyper-parameters. {1}":
    "{0}: 비교용 모델이라 SplitSR의 하이퍼파라미터가 없어요. {1}",
  "This model holds a network for each split ratio, hybrid index and mode. The result follows the sliders while that takes at most four seconds. {0}":
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
  "{0} Each dot is a network of this model; the line joins those of this split ratio. Each diamond is a model that was trained for one network alone.":
    "{0} 점 하나가 이 모델의 네트워크 하나예요. 선은 이 분할 비율의 네트워크를 이어요. 마름모는 네트워크 하나만 학습한 모델이에요.",
  "Time for the picture, in ms": "사진에 쓸 시간(ms)",
  "Chooses the best network that is expected to take no longer":
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
  "Read the drawing from the top down. Each column is a group. Each row is a block, and its bars are the channels that the block convolves, in colour in a lightweight group. The group's own convolution is at the bottom. {0} A ✓ in the lists marks a choice with trained weights.":
    "그림은 위에서 아래로 보세요. 열 하나가 그룹이고 행 하나가 블록이에요. 막대는 블록이 합성곱하는 채널이고, 경량 그룹에서는 색이 있어요. 맨 아래는 그룹 자체의 합성곱이에요. {0} 목록의 ✓는 학습된 가중치가 있다는 표시예요.",
  "A lightweight group, enlarged:": "경량 그룹을 크게 본 그림:",
  "A lightweight block, enlarged:": "경량 블록을 크게 본 그림:",
  "Bicubic, ×{0}; then on luma only": "바이큐빅, ×{0}; 그다음은 휘도만",
  "Bicubic enlargement, then three convolutions on luma only: {0}": "바이큐빅로 확대한 다음 휘도에만 합성곱 세 번: {0}",
  "Head, {0} residual blocks, upsampler, tail": "머리, 잔차 블록 {0}개, 업샘플러, 꼬리",
  "The channels of {0} blocks, and how they move from one block to the next": {
    other: "블록 {0}개의 채널과, 채널이 다음 블록으로 옮겨 가는 모습",
  },

  // Fine-tuning
  "Fine-tune": "미세 조정",
  "Fine-tuning": "미세 조정",
  "Fine-tuning <0>{0}</0>": "미세 조정: <0>{0}</0>",
  "Fine-tune on your pictures": "내 사진으로 미세 조정",
  "Train on your pictures": "내 사진으로 학습",
  "Show progress": "진행 상황 보기",
  Close: "닫기",
  Pictures: "사진",
  "Training length": "학습 길이",
  "Name of the new model": "새 모델의 이름",
  Settings: "설정",
  "Trains the network you chose: {0}. It starts with the weights that fit from <0>{1}</0>, and learns the rest from that model and from your pictures, which stay on this device.":
    "선택한 네트워크를 학습해요: {0}. <0>{1}</0>에서 맞는 가중치를 가져와 시작하고, 나머지는 그 모델과 내 사진에서 배워요. 사진은 이 기기를 벗어나지 않아요.",
  "A few minutes of training cannot match a model that was trained for hours. The curve shows how close it gets.":
    "몇 분 학습해서는 몇 시간 학습한 모델을 따라잡을 수 없어요. 얼마나 가까워지는지는 곡선이 보여 줘요.",
  "Makes <0>{0}</0> better at pictures like yours. Training runs on this device, and your pictures stay on it.":
    "<0>{0}</0> 모델이 내 사진과 비슷한 사진을 더 잘 다루게 해요. 학습은 이 기기에서 하고, 사진도 이 기기를 벗어나지 않아요.",
  "Makes <0>{0}</0> better at pictures like yours. Training runs on this device.":
    "<0>{0}</0> 모델이 내 사진과 비슷한 사진을 더 잘 다루게 해요. 학습은 이 기기에서 해요.",
  "Trains the network you chose on this device. It starts from <0>{0}</0>, the closest trained model.":
    "선택한 네트워크를 이 기기에서 학습해요. 가장 비슷한 학습된 모델인 <0>{0}</0>에서 시작해요.",
  "{0} steps, {1}": "{0}단계, {1}",
  "Start fine-tuning": "미세 조정 시작",
  "Training progress": "학습 진행률",
  "The best version so far is saved as {0} in the list of models.":
    "지금까지 가장 좋은 상태가 모델 목록에 {0} 이름으로 저장됐어요.",
  "{0} steps per second": "초당 {0}단계",
  "{0} s per step": "단계당 {0}초",
  "Step {0} of {1}": "{1}단계 중 {0}단계",
  "step {0} of {1}": "{1}단계 중 {0}단계",
  "step {0}": "{0}단계",
  "{0} steps": { other: "{0}단계" },
  "checkpoint at step {0}": "{0}단계에서 중간 저장",
  "none yet": "아직 없음",
  Loss: "손실",
  "Training loss by step, latest {0}": "단계별 학습 손실, 최근 값 {0}",
  validation: "검증",
  "Validation PSNR by step: now {0} dB, {1} {2} dB, bicubic {3} dB":
    "단계별 검증 PSNR: 지금 {0} dB, {1} {2} dB, 바이큐빅 {3} dB",
  Before: "이전",
  Now: "지금",
  "Detail of a validation picture: {0}": "검증 사진의 일부: {0}",
  "For validation, {0} of the {1} pictures are held out of training.": {
    other: "사진 {1}장 중 {0}장은 학습에 쓰지 않고 검증에 써요.",
  },
  "For validation, a part of the picture is held out of training.": "사진의 일부는 학습에 쓰지 않고 검증에 써요.",
  "For validation, a part of each picture is held out of training.": "각 사진의 일부는 학습에 쓰지 않고 검증에 써요.",
  "For validation, a part of {0} of the {1} pictures is held out of training.":
    "사진 {1}장 중 {0}장의 일부는 학습에 쓰지 않고 검증에 써요.",
  "That is too little for a reliable score. More pictures would make it more reliable.":
    "믿을 만한 점수를 내기에는 너무 적어요. 사진이 많을수록 믿을 만해져요.",
  "Training runs on the {0} ({1}: {2}).": "학습은 {0}에서 해요({1}: {2}).",
  Keep: "유지",
  Discard: "버리기",
  "Discard {0}": "{0} 버리기",
  "Discard {0} and go back to {1}": "{0} 버리고 {1}(으)로 돌아가기",
  "Discarded {0}. <0>Undo</0>": "{0} 모델을 버렸어요. <0>되돌리기</0>",
  "Delete {0} and go back to {1}": "{0} 삭제하고 {1}(으)로 돌아가기",
  "Saved <0>{0}</0>. {1} <1>Undo</1>": "<0>{0}</0> 모델을 저장했어요. {1} <1>되돌리기</1>",
  "Resume {0} from step {1}": "{0} {1}단계부터 계속",
  "Download model": "모델 내려받기",
  "End the training, with the best step so far": "지금까지 가장 좋은 단계로 학습 끝내기",
  "Finish now": "지금 끝내기",
  Pause: "일시 정지",
  Resume: "계속",
  "Add the best step so far to the list of models": "지금까지 가장 좋은 단계를 모델 목록에 추가",
  "Save model": "모델 저장",
  "Save and keep training": "저장하고 계속 학습",
  "Save best so far": "최고 상태 저장",
  "Discard {0}? Its training will be lost, and the page will use {1} again.":
    "{0} 모델을 버릴까요? 학습한 내용이 사라지고, 페이지는 다시 {1} 모델을 써요.",
  "Reading the pictures and scoring {0}…": "사진을 읽고 {0} 모델을 채점하는 중…",
  "Pausing after the current step…": "이번 단계가 끝나면 일시 정지해요…",
  "Paused. You can resume at any time, even on another day.":
    "일시 정지했어요. 언제든지, 다른 날에도 계속할 수 있어요.",
  "Finishing after the current step…": "이번 단계가 끝나면 마쳐요…",
  "The score has stopped improving. You can finish now; the best step is kept.":
    "점수가 더 오르지 않아요. 지금 끝내도 가장 좋은 단계가 남아요.",
  "Training. You can close this dialog and keep using the page.":
    "학습 중이에요. 이 창을 닫고 페이지를 계속 써도 돼요.",
  "It may take {0} on this device.": "이 기기에서 {0} 걸릴 수 있어요.",
  "{0}: reading the pictures and scoring {1}…": "{0}: 사진을 읽고 {1} 모델을 채점하는 중…",
  "{0} is done but not saved yet.": "{0} 모델이 완성됐지만 아직 저장하지 않았어요.",
  "{0}: finishing at {1}": "{0}: {1}에서 마치는 중",
  "{0}: paused at {1}": "{0}: {1}에서 일시 정지",
  ", {0} left": ", {0} 남음",
  "The pictures of {0} are no longer on this device, so it cannot be resumed. Discard it and start again.":
    "{0} 모델의 사진이 이 기기에 없어서 계속할 수 없어요. 버리고 다시 시작하세요.",
  "{0} is already being fine-tuned in another window.": "{0} 모델은 다른 창에서 이미 미세 조정하고 있어요.",
  "The checkpoint from step {0} is still stored.": "{0}단계의 중간 저장은 남아 있어요.",
  "It is now the selected model.": "이제 이 모델이 선택돼 있어요.",
  "Training continues. Download the model to keep it.": "학습은 계속돼요. 모델을 보관하려면 내려받으세요.",
  "Fine-tuning could not be loaded ({0}). Check the connection and try again.":
    "미세 조정을 불러오지 못했어요({0}). 연결을 확인하고 다시 시도하세요.",
  "{0} vs. {1}, {2} vs. bicubic": "{1} 대비 {0}, 바이큐빅 대비 {2}",
  "Best at step {0}: {1}": "{0}단계가 가장 좋아요: {1}",
  "The validation score improved little or not at all: {0}": "검증 점수가 거의 오르지 않았어요: {0}",
  "No step improved the validation score: {0}": "검증 점수가 오른 단계가 없어요: {0}",
  "The validation score did not improve, so the best model is still {0}. More pictures of the same kind may help.":
    "검증 점수가 오르지 않아서 여전히 {0} 모델이 가장 좋아요. 같은 종류의 사진이 더 있으면 도움이 될 수 있어요.",
  "At most {0} pictures can be used: {1} were left out.": {
    other: "사진은 {0}장까지 쓸 수 있어요. {1}장은 뺐어요.",
  },
  "That was not a file. Save the picture first, then choose or drop the file.":
    "파일이 아니에요. 먼저 사진을 저장한 다음 파일을 선택하거나 여기에 놓으세요.",
  "Choose at least one picture to fine-tune on.": "미세 조정에 쓸 사진을 한 장 이상 선택하세요.",
  "{0}: The picture is too small. With fewer than {1} pictures, a quarter of each is kept for validation, so the longer side must have at least {2} pixels. Use a larger picture, or more pictures.":
    "{0}: 사진이 너무 작아요. 사진이 {1}장보다 적으면 각 사진의 4분의 1을 검증에 쓰므로 긴 변이 {2}픽셀 이상이어야 해요. 더 큰 사진을 쓰거나 사진을 더 넣으세요.",
  "The picture is too small ({0} × {1} pixels). Each side must have at least {2} pixels.":
    "사진이 너무 작아요({0} × {1}픽셀). 각 변이 {2}픽셀 이상이어야 해요.",
  "<0>Or drop them here.</0> Use 1 to {0} sharp pictures of the kind you want to enlarge.":
    "<0>여기에 놓아도 돼요.</0> 확대하려는 것과 같은 종류의 선명한 사진을 1~{0}장 쓰세요.",
  "Add pictures": "사진 추가",
  "Choose pictures": "사진 선택",
  "Reading {0} pictures…": { other: "사진 {0}장 읽는 중…" },
  "{0} pictures": { other: "사진 {0}장" },

  // Settings of the training
  Quick: "빠르게",
  "for a first try": "처음 해 볼 때",
  Normal: "보통",
  "for most pictures": "대부분의 사진에",
  Long: "길게",
  "for many pictures": "사진이 많을 때",
  Steps: "단계",
  "training steps in total": "전체 학습 단계 수",
  "Learning rate": "학습률",
  "lower is gentler": "낮을수록 완만해요",
  "Batch size": "배치 크기",
  "patches per step": "단계당 패치 수",
  "Patch size": "패치 크기",
  "side, in pixels of your picture": "한 변, 사진의 픽셀 단위",
  "Replay, %": "리플레이, %",
  "generic pictures mixed in": "섞어 넣는 일반 사진",
  "Forgetting limit, dB": "망각 한도, dB",
  "allowed loss on generic pictures": "일반 사진에서 허용하는 손실",
  "no limit": "한도 없음",
  Seed: "시드",
  "for random choices": "무작위 선택에 써요",
  Blur: "흐림",
  "standard deviation, in pixels of your picture": "표준 편차, 사진의 픽셀 단위",
  Noise: "노이즈",
  "standard deviation, in levels of 255": "표준 편차, 255단계 기준",
  "JPEG quality": "JPEG 품질",
  "leave empty for no JPEG": "비워 두면 JPEG 없음",
  none: "없음",
  "All weights": "모든 가중치",
  "Last layers only": "마지막 층만",
  "Lightweight blocks only": "경량 블록만",
  "Bicubic, as in scoring": "바이큐빅, 채점과 같음",
  "Area average, as in cameras and apps": "영역 평균, 카메라와 앱처럼",
  "Lanczos, the sharpest": "란초스, 가장 선명함",
  "Bilinear, the softest": "바이리니어, 가장 부드러움",
  "The same for all pictures": "모든 사진에 똑같이",
  "At random, as on the web: blur, noise, JPEG of quality 10 to 95":
    "웹 사진처럼 무작위로: 흐림, 노이즈, 품질 10~95의 JPEG",
  "Full resolution (4:4:4)": "전체 해상도(4:4:4)",
  "Half the resolution (4:2:0), as most files": "절반 해상도(4:2:0), 대부분의 파일처럼",
  "Training degradation: how the small pictures are made": "학습용 열화: 작은 사진을 만드는 방법",
  "Weights to train": "학습할 가중치",
  Damage: "손상",
  Downscaling: "축소 방식",
  "JPEG colours": "JPEG 색상",
  "{0} to {1}": "{0}~{1}",

  // Offline use
  "A new version is available. {0}": "새 버전이 있어요. {0}",
  Reload: "새로고침",
  "Everything is saved on this device, so the page works offline.":
    "모두 이 기기에 저장돼서 오프라인에서도 쓸 수 있어요.",
  "There is no room on this device for everything. Free some space and try again.":
    "이 기기에 모두 저장할 공간이 없어요. 공간을 비우고 다시 시도하세요.",
  "Some files could not be loaded. Check the connection and try again.":
    "일부 파일을 불러오지 못했어요. 연결을 확인하고 다시 시도하세요.",
  "Saving for offline use: {0} of {1} MB": "오프라인용으로 저장하는 중: {1}MB 중 {0}MB",
  "Try again": "다시 시도",
  "Save everything for offline use": "오프라인용으로 모두 저장",

  // Live zoom
  "Live zoom": "실시간 확대",
  "Zoom in live on a camera, a video, a tab or the screen": "카메라, 동영상, 탭, 화면을 실시간으로 확대",
  Camera: "카메라",
  "Camera {0}": "카메라 {0}",
  "The browser cannot play this file. Choose another video, such as MP4 or WebM.":
    "브라우저가 이 파일을 재생할 수 없어요. MP4나 WebM 같은 다른 동영상을 고르세요.",
  "Nothing is shared. To pick a tab or screen, choose Screen again.":
    "공유하는 것이 없어요. 탭이나 화면을 고르려면 ‘화면’을 다시 선택하세요.",
  "The tab or screen cannot be shared. Check that your system lets the browser record it.":
    "탭이나 화면을 공유할 수 없어요. 시스템에서 브라우저의 화면 기록을 허용하는지 확인하세요.",
  "The camera is blocked. Allow it for this page in the browser's settings, then choose Camera again.":
    "카메라가 차단돼 있어요. 브라우저 설정에서 이 페이지에 허용한 다음 ‘카메라’를 다시 선택하세요.",
  "No camera was found. Connect one and choose Camera again, or open a video file.":
    "카메라를 찾지 못했어요. 연결하고 ‘카메라’를 다시 선택하거나 동영상 파일을 여세요.",
  "The camera cannot be read. Close other programs that use it, then choose Camera again.":
    "카메라를 읽을 수 없어요. 카메라를 쓰는 다른 프로그램을 닫고 ‘카메라’를 다시 선택하세요.",
  "Browsers give a camera only to secure pages. Open this page with https, or open a video file.":
    "카메라는 보안 연결에서만 쓸 수 있어요. 이 페이지를 https로 열거나 동영상 파일을 여세요.",
  "The camera did not start. Choose Camera again, or open a video file.":
    "카메라가 시작되지 않았어요. ‘카메라’를 다시 선택하거나 동영상 파일을 여세요.",
  "Sharing has ended. To go on, choose Screen again.": "공유가 끝났어요. 계속하려면 ‘화면’을 다시 선택하세요.",
  "The camera was disconnected. Connect it and choose Camera again.":
    "카메라 연결이 끊겼어요. 연결하고 ‘카메라’를 다시 선택하세요.",
  "Part to zoom into. Arrow keys move it, plus and minus zoom.":
    "확대할 영역. 화살표 키로 옮기고 더하기와 빼기로 크기를 바꿔요.",
  "Digital zoom": "디지털 줌",
  "Keep {0} frames a second": "초당 {0}프레임 유지",
  Source: "입력",
  Video: "동영상",
  "A tab, a window or the whole screen": "탭, 창 또는 전체 화면",
  Screen: "화면",
  "Which camera": "카메라 선택",
  "Save the enlarged part as PNG, as it is now": "확대한 영역을 지금 모습 그대로 PNG로 저장",
  Save: "저장",
  "Open this part in the page, to enlarge it with the model that is chosen there":
    "이 영역을 페이지에서 열고, 거기서 선택한 모델로 확대",
  "Enlarge<0>&nbsp;with the full network</0>": "<0>전체 네트워크로&nbsp;</0>확대",
  Continue: "계속",
  Freeze: "멈춤",
  "Shared picture": "공유 화면",
  "Opening the video…": "동영상을 여는 중…",
  "Waiting for the picture. The browser may ask you to allow it.":
    "화면을 기다리는 중이에요. 브라우저가 허용할지 물어볼 수 있어요.",
  "Paused while this page is hidden.": "페이지가 가려져 있어서 일시 정지했어요.",
  "Frozen. You can still move the part, and make it larger.": "멈췄어요. 그래도 영역을 옮기거나 키울 수 있어요.",
  "Drag the rectangle. Zoom with <0>the wheel, + and −, or</0>two fingers.":
    "사각형을 드래그하세요. <0>휠, +와 −, </0>두 손가락으로 크기를 바꿔요.",
  "Starting the engine…": "엔진을 시작하는 중…",
  "{0} × {1} → {2} × {3} pixels": "{0} × {1} → {2} × {3}픽셀",
  "graphics card": "그래픽 카드",
  "processor, {0} workers": { other: "프로세서, 워커 {0}개" },
  "{0} frames a second with a delay of {1}.": "초당 {0}프레임, 지연 {1}.",
  "The camera delivers no more than that.": "카메라가 보내는 최대치예요.",
  "The video delivers no more than that.": "동영상이 보내는 최대치예요.",
  "The screen delivers no more than that.": "화면이 보내는 최대치예요.",
  "This device cannot reach {0} frames a second, even with the smallest part.":
    "이 기기는 가장 작은 영역으로도 초당 {0}프레임을 낼 수 없어요.",
  "A larger part would be slower.": "영역이 더 크면 느려져요.",
  "The part, enlarged without a network": "네트워크 없이 확대한 영역",
  "The part, enlarged by the network": "네트워크로 확대한 영역",
  "The browser could not create a canvas for the picture. Reload the page.":
    "브라우저가 사진을 그릴 캔버스를 만들지 못했어요. 페이지를 새로고침하세요.",
  "The camera was off while this page was hidden. It is on again.":
    "페이지가 가려진 동안 카메라가 꺼져 있었어요. 이제 다시 켜졌어요.",
  "The video was paused while this page was hidden.": "페이지가 가려진 동안 동영상이 멈춰 있었어요.",
  "This site has no model for live pictures. Ask its owner to add splitsr-tiny-x2.":
    "이 사이트에는 실시간 확대용 모델이 없어요. 운영자에게 splitsr-tiny-x2를 추가해 달라고 하세요.",
  "a picture from the camera": "카메라의 사진",
  "a picture from the video": "동영상의 한 장면",
};
