// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.24;

import {ERC721} from "solady/src/tokens/ERC721.sol";
import {ERC1155} from "solady/src/tokens/ERC1155.sol";
import {ERC721A} from "erc721a/contracts/ERC721A.sol";

/// @title The leanest tokens that npm has, with an open mint.
contract Solady721 is ERC721 {
    function name() public pure override returns (string memory) {
        return "Card";
    }

    function symbol() public pure override returns (string memory) {
        return "CARD";
    }

    function tokenURI(uint256) public pure override returns (string memory) {
        return "";
    }

    function mint(address to, uint256 id) external {
        _mint(to, id);
    }
}

contract Solady1155 is ERC1155 {
    function uri(uint256) public pure override returns (string memory) {
        return "";
    }

    function mintBatch(address to, uint256[] calldata ids, uint256[] calldata amounts) external {
        _batchMint(to, ids, amounts, "");
    }
}

contract Serial721 is ERC721A("Card", "CARD") {
    function mint(address to, uint256 count) external {
        _mint(to, count);
    }
}
