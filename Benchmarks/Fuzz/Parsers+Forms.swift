import Codecs
import Datasets
import Foundation
import Schema

extension FuzzedParser {
  /// What annotation tools and other datasets write, each recognised and read as the program does, beside a picture.
  static let forms = annotationFiles.map { form, file, text in
    FuzzedParser("form-\(form)", .text) { _ in
      [Array(text.utf8)]
    } make: { place, seeds in
      try reader(form, file, place, seeds)
    }
  }

  private static func reader(
    _ form: String, _ file: String, _ place: Place, _ seeds: SeedFolder
  ) throws -> Parse {
    guard let dataset = DatasetDescription.named(form), let read = dataset.readTree else {
      throw CocoaError(.featureUnsupported)
    }
    let folder = file.split(separator: "/").dropLast().joined(separator: "/")
    for name in ["", "images", folder] {
      let inner = try Place(place.path + "/" + name)
      if let picture = try seeds.files(".jpg").first { try inner.write(picture, to: "a.jpg") }
    }
    return { input in
      try place.write(input, to: file)
      _ = input.withUnsafeBytes { Recognition(of: $0, path: file) }
      var options = ReadingOptions(dataset: form)
      options.images = try ImageStore(
        path: place.path, maximumBytes: 1 << 24, searchesFolders: true)
      var source = try read(FileTree(path: place.path), options)
      var writer = JSONWriter()
      while let outcome = try source.next() { written(outcome, &writer) }
    }
  }

  private static let pose =
    "1,0,0,0,0,1,0,0,0,0,1,-0.6,0,0,0,1"
  private static let points68 = (1...68).map { "\($0).5 \(2 * $0)" }.joined(separator: "\n")

  /// A form, a name of its file, and a small file of it.
  private static let annotationFiles: [(form: String, file: String, text: String)] = [
    (
      "coco", "a.json",
      #"{"images":[{"id":1,"file_name":"a.jpg","width":64,"height":64}],"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,2,30,40],"iscrowd":0,"segmentation":[[1,2,3,4,5,6]],"keypoints":[10,11,2,20,11,1,15,20,2,11,30,2,19,30,0],"euler_angles":[1,2,3]}],"categories":[{"id":1,"name":"face","keypoints":["left_eye","right_eye","nose","left_mouth","right_mouth"]}]}"#
    ),
    (
      "coco-results", "a.json",
      #"[{"image_id":"a","category_id":1,"bbox":[1,2,30,40],"score":0.9,"pitch":1,"yaw":-20.5,"roll":3}]"#
    ),
    (
      "label-studio", "a.json",
      #"[{"id":1,"data":{"image":"/data/upload/1/01234567-a.jpg"},"annotations":[{"id":1,"was_cancelled":false,"result":[{"id":"r","type":"rectanglelabels","original_width":64,"original_height":64,"value":{"x":10,"y":10,"width":50,"height":60,"rotation":15,"rectanglelabels":["face"]}},{"id":"k","type":"keypointlabels","parentID":"r","original_width":64,"original_height":64,"value":{"x":20,"y":30,"width":1,"keypointlabels":["left_eye"]}}]}]}]"#
    ),
    (
      "labelme", "a.json",
      #"{"version":"5","flags":{},"shapes":[{"label":"face","points":[[1,2],[30,40]],"group_id":1,"shape_type":"rectangle","flags":{}},{"label":"left_eye","points":[[10,11]],"group_id":1,"shape_type":"point","flags":{"occluded":true}}],"imagePath":"a.jpg","imageData":null,"imageHeight":64,"imageWidth":64}"#
    ),
    (
      "datumaro", "a.json",
      #"{"dm_format_version":"1.0","infos":{},"categories":{"label":{"labels":[{"name":"face"},{"name":"left_eye"}]},"points":{"items":[{"label_id":1,"labels":["left_eye","right_eye","nose","left_mouth","right_mouth"]}]}},"items":[{"id":"a","annotations":[{"id":1,"type":"bbox","group":1,"label_id":0,"bbox":[1,2,30,40]},{"id":2,"type":"points","group":1,"label_id":1,"points":[10,11,20,11,15,20,11,30,19,30],"visibility":[2,2,1,2,0]}],"image":{"path":"a.jpg","size":[64,64]}}]}"#
    ),
    (
      "dad-3dheads", "a.json",
      #"[{"item_id":"a","annotation_path":"annotations/a.json","img_path":"images/a.jpg","bbox":[1,2,30,40],"attributes":{"pose":"front"}}]"#
    ),
    (
      "mediapipe", "a.json",
      #"[{"image":"a.jpg","width":64,"height":64,"face_landmarks":[[{"x":0.1,"y":0.2,"z":0}]],"facial_transformation_matrixes":[[\#(pose)]]}]"#
    ),
    (
      "cvat", "a.xml",
      #"<annotations><version>1.1</version><image id="0" name="a.jpg" width="64" height="64"><box label="face" occluded="0" xtl="1" ytl="2" xbr="30" ybr="40" rotation="15" group_id="1"><attribute name="age">3</attribute></box><skeleton label="face" group_id="1"><points label="left_eye" outside="0" occluded="1" points="10.5,11"/></skeleton><points label="p" points="1,2;3,4;5,6;7,8;9,10"/></image></annotations>"#
    ),
    (
      "imglab", "a.xml",
      "<?xml version='1.0' encoding='ISO-8859-1'?><dataset><name>x</name><images><image file='a&b.jpg' width='64' height='64'><box top='2' left='1' width='30' height='40' ignore='1'><label>face</label><part name='00' x='10' y='11'/><part name='67' x='20' y='30'/></box></image></images></dataset>"
    ),
    (
      "voc", "a.xml",
      "<annotation><folder>f</folder><filename>a.jpg</filename><size><width>64</width><height>64</height><depth>3</depth></size><object><name>face</name><pose>Left</pose><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox><has_lm>1</has_lm><lm><x1>10</x1><y1>11</y1><x2>20</x2><y2>11</y2><x3>15</x3><y3>20</y3><x4>11</x4><y4>30</y4><x5>19</x5><y5>30</y5></lm></object></annotation>"
    ),
    (
      "dad-predictions", "a.json",
      #"{"a":{"68_landmarks_2d":[[1,2],[3,4]],"rotation_matrix":[[1,0,0],[0,1,0],[0,0,1]]}}"#
    ),
    (
      "wflw", "list_98pt_rect_attr_train.txt",
      (1...196).map(String.init).joined(separator: " ") + " 1 2 30 40 0 1 0 0 1 0 e/a b.jpg\n"
    ),
    (
      "openface", "clip.csv",
      "frame, face_id, timestamp, confidence, success, pose_Tx, pose_Ty, pose_Tz, pose_Rx, pose_Ry, pose_Rz, "
        + (0..<68).map { "x_\($0)" }.joined(separator: ", ") + ", "
        + (0..<68).map { "y_\($0)" }.joined(separator: ", ")
        + "\n1, 0, 0.0, 0.98, 1, 1, 2, 500, 0.1, 0.2, 0.3, "
        + (0..<136).map(String.init).joined(separator: ", ") + "\n"
    ),
    ("fddb", "FDDB-fold-01-ellipseList.txt", "2002/a\n1\n20.5 15.2 1.5 30 31  1\n"),
    (
      "labelv2", "labelv2.txt", "# a.jpg 64 64\n1 2 30 40 10 11 1 20 11 1 15 20 1 11 30 1 19 30 1\n"
    ),
    (
      "aflw-text", "a.txt",
      "0/image00002.jpg 0.31 -0.2 0.05\n0/image00013.jpg -1.5 0.1 0.2 10 20 110 120\na.jpg 0 0 0\n"
    ),
    ("afw-text", "a.txt", "1004109301_1 15 5 -3 10 8 20 18\na.jpg -30 0 2.5 2 3 6 7\n"),
    (
      "pose-jsonl", "a.jsonl",
      #"{"image":"a.jpg","bbox":[1,2,30,40],"yaw":10.5,"pitch":-3,"roll":2,"score":0.9}"# + "\n"
        + #"{"image":"b.jpg","faces":[{"bbox_xyxy":[1,2,30,40],"pose":{"quaternion":[1,0,0,0]}}]}"#
        + "\n" + #"{"image":"c.jpg","matrix":[[1,0,0],[0,1,0],[0,0,1]],"translation":[0,0,1]}"#
        + "\n"
    ),
    ("angle-text", "a.txt", "1 10.5 -3.25 2.0\n2 11.5 -3.25 2.0\n"),
    (
      "hrnet", "a.csv",
      "image,scale,center_w,center_h," + (0..<5).map { "x\($0),y\($0)" }.joined(separator: ",")
        + "\na.jpg,0.3,20,21,10,11,20,11,15,20,11,30,19,30\n"
    ),
    (
      "helen", "1.txt",
      "100_1\n" + (0..<194).map { "\($0).5 , \($0)" }.joined(separator: "\n") + "\n"
    ),
    ("pts", "a.pts", "version: 1\nn_points:  68\n{\n\(points68)\n}\n"),
    (
      "celeba", "list_landmarks_celeba.txt",
      "2\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y rightmouth_x rightmouth_y\na.jpg 10 11 20 11 15 20 11 30 19 30\nb.jpg 1 2 3 4 5 6 7 8 9 10\n"
    ),
    ("panoptic", "annotation.txt", "s/01_0_00000001.jpg,10.5,-3,2\ns/01_0_00000002.jpg,-150,3,2\n"),
    (
      "csv", "a.csv",
      "image,x1,y1,x2,y2,left_eye_x,left_eye_y,yaw,pitch,roll\n\"a.jpg\",1,2,30,40,10,11,5,6,7\nb.jpg;1;2\n"
    ),
    ("mtcnn", "list.txt", "a.jpg 1 30 2 40 10 11 20 11 15 20 11 30 19 30\n"),
    (
      "yolo", "labels/a.txt",
      "0 0.5 0.5 0.4 0.6 0.3 0.4 2 0.6 0.4 1 0.5 0.5 2 0.4 0.7 2 0.6 0.7 0\n"
    ),
  ]
}
