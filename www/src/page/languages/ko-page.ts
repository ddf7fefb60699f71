/** Korean: pictures, from opening to saving. */
import type { Texts } from "../shared/words.ts";

export const texts: Texts = {
  // index.html
  "SplitSR: enlarge pictures on your own device": "SplitSR: 내 기기에서 사진 확대",
  Viewer: "뷰어",
  "Picture. Arrow keys move it, plus and minus zoom, 0 fits it to the window, 1 shows actual pixels, X switches between before and after, holding space shows the original.":
    "사진. 화살표 키로 움직이고, 더하기와 빼기로 배율을 바꿔요. 0은 창에 맞추고, 1은 실제 픽셀로 보여 주고, X는 전과 후를 번갈아 보여 줘요. 스페이스를 누르고 있으면 원본이 보여요.",
  "Comparison: original left, enlarged right": "비교: 왼쪽은 원본, 오른쪽은 확대본",
  "Comparison: {0} left, enlarged right": "비교: 왼쪽은 {0}, 오른쪽은 확대본",
  Original: "원본",
  "Original, smoothed by the browser": "원본, 브라우저가 부드럽게 표시",
  Enlarged: "확대본",
  "Drag over the part that you want to enlarge.": "확대할 부분을 드래그하세요.",
  "Whole picture": "전체 사진",
  View: "보기",
  "Zoom out": "축소해서 보기",
  "Show actual pixels": "실제 픽셀로 보기",
  "Zoom in": "확대해서 보기",
  "Show the whole picture (key 0)": "사진 전체 보기(0 키)",
  Fit: "맞춤",
  "Enlarge only part of the picture: drag to select it, then move it or its edges":
    "일부만 확대해요. 드래그해서 표시한 뒤 영역이나 가장자리를 옮기세요",
  "Select area": "영역 선택",
  "Show both pictures next to each other, instead of the split view": "두 사진을 나란히 보기",
  "Side by side": "나란히",
  "Switch between before and after in the same place (key X)": "같은 자리에서 전과 후를 번갈아 보기(X 키)",
  "Before / after": "전 / 후",
  "Magnify what is under the pointer: before on the left, after on the right":
    "포인터 아래를 크게 보기: 왼쪽은 확대 전, 오른쪽은 확대 후",
  Loupe: "돋보기",
  "Show the original's pixels as squares, without smoothing": "원본 픽셀을 부드럽게 하지 않고 네모로 보기",
  "Raw pixels": "원본 픽셀",
  Controls: "조작",

  // The page
  "super-resolution in your browser": "브라우저에서 하는 초해상도",
  "Your pictures stay on this device unless you share them. All the work is done in this page.":
    "사진은 공유하지 않는 한 이 기기에 남아 있어요. 모든 작업은 이 페이지 안에서 이루어져요.",
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
  "Enlarging ×{0}…": "×{0} 확대 중…",
  "Part enlarged ×{0}": "일부 확대본 ×{0}",
  "Cropping the part…": "영역을 잘라 내는 중…",
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
  "What is this?": "이게 무엇인가요?",
  "SplitSR enlarges pictures with a small neural network. Plain enlarging blurs edges and letters. The network has learnt from many photographs what they look like, and keeps them sharp. It runs in this page, on your own device, and your pictures stay there.":
    "SplitSR은 작은 신경망으로 사진을 확대해요. 단순하게 확대하면 윤곽과 글자가 흐려져요. 이 신경망은 많은 사진에서 그 모습을 배워 선명하게 살려요. 이 페이지 안에서, 내 기기에서만 실행되고 사진은 기기를 떠나지 않아요.",
  "A road sign, plainly enlarged on the left and by the network on the right: its letters are sharper.":
    "도로 표지판: 왼쪽은 단순히 확대한 것, 오른쪽은 신경망이 확대한 것으로 글자가 더 또렷해요.",
  Picture: "사진",
  "Take a photo": "사진 찍기",
  "Open a folder": "폴더 열기",
  "You can choose several at once<0>, or <1>a folder</1></0>.":
    "한 번에 여러 장<0>이나 <1>폴더</1></0>를 선택할 수 있어요.",
  "Other picture": "다른 사진",
  "Open another": "다른 사진 열기",
  "Open a picture": "사진 열기",
  "Open the picture that you copied": "복사한 사진 열기",
  Paste: "붙여넣기",
  transparent: "투명",
  "part: {0}": "영역: {0}",
  "The shared picture did not arrive. Save it on this device, then open the file.":
    "공유한 사진이 도착하지 않았어요. 이 기기에 저장한 다음 파일을 여세요.",
  "The browser does not let this page read what you copied. Allow it, or open a file.":
    "브라우저가 복사한 내용을 읽지 못하게 했어요. 허용하거나 파일을 여세요.",
  "Enlarging the part as you select it…": "표시하는 동안 영역을 확대하는 중…",
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
  "{0} other files are not pictures and were left out.": { other: "사진이 아닌 파일 {0}개는 뺐어요." },
  "There is no picture in this folder. Choose another one.": "이 폴더에는 사진이 없어요. 다른 폴더를 선택하세요.",
  "Reading the files…": "파일을 읽는 중…",
  "There is nothing in this folder. Choose another one.": "이 폴더는 비어 있어요. 다른 폴더를 선택하세요.",
  "The picture is at {0}. Load it, or open another one.": "사진은 {0}에 있어요. 불러오거나 다른 사진을 여세요.",
  "Choose the settings yourself, or ask for a new link.": "설정을 직접 고르거나 새 링크를 받으세요.",
  "The rest of the link is kept. Choose what is missing yourself, or ask for a new link.":
    "링크의 나머지는 그대로 썼어요. 빠진 것은 직접 고르거나 새 링크를 받으세요.",
  "That picture has no address this page can use. Save it first, then open or drop the file.":
    "그 사진에는 여기서 쓸 수 있는 주소가 없어요. 먼저 저장한 다음 파일을 열거나 여기에 놓으세요.",
  "That was text, not a picture. Paste a picture or its address: https://…":
    "사진이 아니라 텍스트예요. 사진이나 사진 주소를 붙여 넣으세요: https://…",
  "That was not a picture file. Save the picture first, then open or drop the file.":
    "사진 파일이 아니에요. 먼저 사진을 저장한 다음 파일을 열거나 여기에 놓으세요.",
  "{0} is not responding. Try again later, or save the picture from that site and open the file.":
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
  "The browser cannot show a picture this large. Choose a smaller factor.":
    "브라우저가 이렇게 큰 사진은 보여 줄 수 없어요. 확대 배율을 낮추세요.",

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
  "Enlarge by": "확대 배율",
  "Enlarge by a factor from {0} to {1}": "확대 배율, {0}~{1}",
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
  "Enlarge automatically if it takes up to {0} seconds": "{0}초까지 걸리는 것은 바로 확대",
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
  "Enlarging the part in view…": "보이는 부분을 확대하는 중…",
  "Zoom in to enlarge what you see.": "더 가까이 보면 보이는 부분을 확대해요.",
  "The part in view is enlarged.": "보이는 부분을 확대했어요.",
  "The whole picture takes {0}: press Enlarge.": "전체는 {0} 걸려요. ‘확대’를 누르세요.",
  "Choose a factor from {0} to {1} under “Enlarge by”.": "‘확대 배율’을 {0}에서 {1} 사이로 고르세요.",
  "Choose a factor from {0} to {1} under “Enlarge by”, or a width from {2} to {3} pixels.":
    "‘확대 배율’을 {0}에서 {1} 사이로, 또는 너비를 {2}에서 {3}픽셀 사이로 고르세요.",
  "Ready: {0} to {1}.": "준비됐어요: {0} → {1}.",
  "Open a picture to start.": "사진을 열면 시작할 수 있어요.",
  "This link holds settings, but not the picture. Open a picture to enlarge it the same way.":
    "이 링크에는 설정만 있고 사진은 없어요. 사진을 열면 같은 설정으로 확대해요.",
  "Part: {0} × {1} pixels at {2}, {3}. Arrow keys move it, Shift and arrow keys resize it, Delete removes it.":
    "영역: {2}, {3} 위치의 {0} × {1}픽셀. 화살표 키로 옮기고, Shift와 화살표 키로 크기를 바꾸고, Delete 키로 없애요.",
  "Original: {0}": "원본: {0}",
  "Enlarged: {0}": "확대본: {0}",

  // Clean-up
  "Clean-up": "잡티 제거",
  "Automatic: as much as the file needs": "자동: 파일에 필요한 만큼",
  "This model cannot clean up compressed pictures. The SplitSR models marked “best” can.":
    "이 모델은 압축된 사진의 잡티를 없앨 수 없어요. ‘최고 품질’이라고 적힌 SplitSR 모델은 할 수 있어요.",
  "Removes the blocks and specks that JPEG and WebP compression leave.":
    "JPEG과 WebP 압축이 남긴 네모난 얼룩과 점을 없애요.",
  "Compressed: <0>{0}</0>.": "압축됨: <0>{0}</0>.",
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
  "The results are larger than 4 GB, the limit of a zip file. Open fewer pictures, or choose a smaller factor.":
    "결과가 zip 파일의 한계인 4GB보다 커요. 사진 수를 줄이거나 확대 배율을 낮추세요.",

  // Comparing
  Compare: "비교",
  "Comparing…": "비교하는 중…",
  "Comparing with {0}…": "{0} 비교 중…",
  "The original": "원본",
  "{0} at most": "최대 {0}개",
  "Add another…": "더 추가…",
  Resizers: "일반 확대 방식",
  "Which is better?": "어느 쪽이 더 좋나요?",
  "Shrinks the picture by {0}, enlarges it again with both, and compares each with the original.":
    "사진을 {0}분의 1로 줄이고, 두 방식으로 다시 확대해 원본과 비교해요.",
  "Compare with": "비교 대상",
  "Compare with…": "비교 대상…",
  "This picture is itself compressed, and keeping its compression counts as good here. So look at both pictures, too.":
    "이 사진 자체가 압축되어 있어서, 압축 흔적을 그대로 남기는 쪽이 더 좋은 점수를 받아요. 두 사진을 눈으로도 비교해 보세요.",
  "In a test with this picture, neither is better: {0} and {1} differ too little to mean anything.":
    "이 사진으로 시험하면 어느 쪽도 더 좋지 않아요. {0}, {1} 사이의 차이가 의미를 두기에는 너무 작아요.",
  "In a test with this picture, {0} is slightly better than {1}, by {2}.":
    "이 사진으로 시험하면 {0} 쪽이 {1}보다 조금 더 좋아요({2} 차이).",
  "In a test with this picture, {0} is better than {1}, by {2}.":
    "이 사진으로 시험하면 {0} 쪽이 {1}보다 더 좋아요({2} 차이).",
  "In a test with this picture, {0} is much better than {1}, by {2}.":
    "이 사진으로 시험하면 {0} 쪽이 {1}보다 훨씬 더 좋아요({2} 차이).",
  "PSNR {0} against {1}.": "PSNR {0}, {1}.",
  "Show differences": "차이 보기",
  "{0} (yours)": "{0}(내 모델)",
  "Show this to the left of the line": "선 왼쪽에 보기",
  "Remove {0}": "{0} 제거",
  "{0}; recomputed when shown, to save memory": "{0}; 메모리를 아끼려고 볼 때 다시 계산해요",
  "The two are identical.": "둘은 똑같아요.",
  "The two are equally bright everywhere and differ only in colour.": "둘은 어디서나 밝기가 같고 색만 달라요.",
  "The difference cannot be seen.": "차이가 보이지 않아요.",
  "The difference is hardly visible.": "차이가 거의 보이지 않아요.",
  "The difference is slightly visible.": "차이가 조금 보여요.",
  "The difference is clearly visible.": "차이가 뚜렷하게 보여요.",
  "Difference from the result: PSNR {0} dB{1}. Values from 0 to 255 differ by {2} on average and by at most {3}.":
    "결과와의 차이: PSNR {0} dB{1}. 0~255 값의 차이는 평균 {2}, 최대 {3}.",
  "Nearest pixel": "최근접 픽셀",
  "nearest pixel": "최근접 픽셀",
  Bilinear: "바이리니어",
  bilinear: "바이리니어",
  Bicubic: "바이큐빅",
  bicubic: "바이큐빅",
  Lanczos: "란초스",

  // Saving
  "Saved {0}.": "{0} 파일을 저장했어요.",
  "The file is ready now. Press Share again.": "이제 파일이 준비됐어요. ‘공유’를 다시 누르세요.",
  Download: "저장",
  Share: "공유",
  "File format": "파일 형식",
  "WebP, lossless": "WebP, 무손실",
  "{0} (not in this browser)": "{0}(이 브라우저에서는 안 됨)",
  "{0} quality, 1 to 100; 100 is lossless": "{0} 품질, 1~100; 100은 무손실",
  "{0} quality, 1 to 100": "{0} 품질, 1~100",
  "JPEG has no transparency: transparent areas become white.": "JPEG에는 투명도가 없어서 투명한 부분이 흰색이 돼요.",
  "Keep camera, date and location": "카메라, 날짜, 위치 정보 유지",

  // Offline use
  "A new version is available. {0}": "새 버전이 있어요. {0}",
  Reload: "새로고침",
  "Everything is saved on this device, so the page works offline.":
    "모두 이 기기에 저장돼서 오프라인에서도 쓸 수 있어요.",
  "There is not enough space on this device for everything. Free some up and try again.":
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
  "Browsers allow the camera only on secure pages. Open this page over https, or open a video file.":
    "카메라는 보안 연결에서만 쓸 수 있어요. 이 페이지를 https로 열거나 동영상 파일을 여세요.",
  "The camera did not start. Choose Camera again, or open a video file.":
    "카메라가 시작되지 않았어요. ‘카메라’를 다시 선택하거나 동영상 파일을 여세요.",
  "Sharing has ended. To continue, choose Screen again.": "공유가 끝났어요. 계속하려면 ‘화면’을 다시 선택하세요.",
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
  "Save the enlarged part as a PNG, as it looks now": "확대한 영역을 지금 모습 그대로 PNG로 저장",
  Save: "저장",
  "Open this part in the main page to enlarge it with the model chosen there":
    "이 영역을 페이지에서 열고, 거기서 선택한 모델로 확대",
  "Enlarge<0>&nbsp;with the full network</0>": "<0>전체 네트워크로&nbsp;</0>확대",
  Freeze: "멈춤",
  "Shared picture": "공유 화면",
  "Opening the video…": "동영상을 여는 중…",
  "Waiting for the picture. The browser may ask you to allow it.":
    "화면을 기다리는 중이에요. 브라우저가 허용할지 물어볼 수 있어요.",
  "Paused while this page is hidden.": "페이지가 가려져 있어서 일시 정지했어요.",
  "Frozen. You can still move the part or make it larger.": "멈췄어요. 그래도 영역을 옮기거나 키울 수 있어요.",
  "Drag the rectangle. Zoom with <0>the wheel, + and −, or</0>two fingers.":
    "사각형을 드래그하세요. <0>휠, +와 −, </0>두 손가락으로 크기를 바꿔요.",
  "Starting the engine…": "엔진을 시작하는 중…",
  "{0} × {1} → {2} × {3} pixels": "{0} × {1} → {2} × {3}픽셀",
  "graphics card": "그래픽 카드",
  "processor, {0} workers": { other: "프로세서, 워커 {0}개" },
  "{0} frames a second with a delay of {1}.": "초당 {0}프레임, 지연 {1}.",
  "The camera itself is no faster.": "카메라 자체가 이보다 빠르지 않아요.",
  "The video itself is no faster.": "동영상 자체가 이보다 빠르지 않아요.",
  "The screen itself is no faster.": "화면 자체가 이보다 빠르지 않아요.",
  "This device cannot reach {0} frames a second, even with the smallest part.":
    "이 기기는 가장 작은 영역으로도 초당 {0}프레임을 낼 수 없어요.",
  "A larger part would be slower.": "영역이 더 크면 느려져요.",
  "The part, enlarged without a network": "네트워크 없이 확대한 영역",
  "The part, enlarged by the network": "네트워크로 확대한 영역",
  "The browser could not create a canvas for the picture. Reload the page.":
    "브라우저가 사진을 그릴 캔버스를 만들지 못했어요. 페이지를 새로고침하세요.",
  "The camera was off while this page was hidden. It is back on.":
    "페이지가 가려진 동안 카메라가 꺼져 있었어요. 이제 다시 켜졌어요.",
  "The video was paused while this page was hidden.": "페이지가 가려진 동안 동영상이 멈춰 있었어요.",
  "This site has no model for live pictures. Ask its owner to add splitsr-tiny-x2.":
    "이 사이트에는 실시간 확대용 모델이 없어요. 운영자에게 splitsr-tiny-x2를 추가해 달라고 하세요.",
  "a picture from the camera": "카메라의 사진",
  "a picture from the video": "동영상의 한 장면",
};
